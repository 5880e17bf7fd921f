// The time of day as the page's other times are shown: in the zone it names, else in that of the device.

export function clockIn(timeZone) {
  const options = { hour: "2-digit", minute: "2-digit" };
  try {
    return new Intl.DateTimeFormat("ja", { ...options, timeZone: timeZone || undefined });
  } catch {
    return new Intl.DateTimeFormat("ja", options); // a zone that this browser does not know
  }
}
