// The journal: words that the server has not confirmed yet, and the weeks for days without a network. It lives in
// IndexedDB. Everything in it is sealed with a key that cannot be taken out of the browser; the server gives the key
// again after signing in. Signing out deletes the key, never the sealed words.

import { whoIsHere } from "./session.js";

const KEYS = "keys";
const UNSENT = "unsent";
const WEEKS = "weeks";
const PATIENCE = 3_000;
let opening = null;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("hisho", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEYS, { keyPath: "user" });
      request.result.createObjectStore(UNSENT, { keyPath: ["user", "prompt", "slot"] });
      request.result.createObjectStore(WEEKS, { keyPath: ["user", "path"] });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      request.result.onclose = () => { opening = null; };
      resolve(request.result);
    };
    request.onerror = request.onblocked = () => reject(request.error ?? new Error("blocked"));
    setTimeout(() => reject(new Error("no answer")), PATIENCE); // asked once more later, it may answer
  });
  opening.catch(() => { opening = null; });
  return opening;
}

// Resolves when the transaction is complete: not before, else "kept on this device" would be a promise only.
async function transact(name, mode, work) {
  let transaction;
  try {
    transaction = (await database()).transaction(name, mode);
  } catch {
    opening = null; // the browser closed the connection behind our back
    transaction = (await database()).transaction(name, mode);
  }
  return new Promise((resolve, reject) => {
    const request = work(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
}

const ofUser = (user) => IDBKeyRange.bound([user], [user, []]);

async function askServer(user) {
  const session = await whoIsHere();
  if (session.user !== user || !session.key) throw new Error("another user");
  const bytes = Uint8Array.from(atob(session.key), (sign) => sign.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function findKey(user) {
  const kept = await transact(KEYS, "readonly", (store) => store.get(user));
  if (kept) return kept.key;
  const key = await askServer(user);
  await forgetKeys(user);
  // Where a browser cannot store keys, this page still has it; the next one asks again.
  await transact(KEYS, "readwrite", (store) => store.put({ user, key })).catch(() => {});
  return key;
}

// Rejects when this browser cannot keep anything, or there is no key to seal it with.
export async function openJournal(user) {
  if (!globalThis.crypto?.subtle) throw new Error("no secure context");
  return new Journal(user, await findKey(user));
}

// Takes the keys of everybody else off this device; what they sealed stays.
export async function forgetKeys(exceptUser = null) {
  const users = await transact(KEYS, "readonly", (store) => store.getAllKeys());
  for (const user of users) {
    if (user !== exceptUser) await transact(KEYS, "readwrite", (store) => store.delete(user));
  }
}

export async function keyHolder() {
  const users = await transact(KEYS, "readonly", (store) => store.getAllKeys());
  return users[0] ?? null;
}

export async function countUnsent(user) {
  return transact(UNSENT, "readonly", (store) => store.count(ofUser(user)));
}

export class Journal {
  constructor(user, key) {
    this.user = user;
    this.key = key;
  }

  // An entry: { prompt, slot, url, text, readers, base_version, pending }. `prompt` is the key of the box, `slot` is ""
  // but in a second tab with the same box; `pending` is the save whose answer is not known yet; `page` is where the box
  // stands, { path, label }, if it is in no week.
  async write(entry) {
    const { prompt, slot } = entry;
    const sealed = await this.seal(entry, `${this.user}/${prompt}`);
    await transact(UNSENT, "readwrite", (store) => store.put({ user: this.user, prompt, slot, sealed }));
  }

  async remove({ prompt, slot }) {
    await transact(UNSENT, "readwrite", (store) => store.delete([this.user, prompt, slot]));
  }

  async unsent() {
    const rows = await transact(UNSENT, "readonly", (store) => store.getAll(ofUser(this.user)));
    const opened = rows.map((row) => this.unseal(row.sealed, `${row.user}/${row.prompt}`).catch(() => null));
    return (await Promise.all(opened)).filter(Boolean);
  }

  // Where entries stand, also those that this key does not open.
  async places() {
    const keys = await transact(UNSENT, "readonly", (store) => store.getAllKeys(ofUser(this.user)));
    return keys.map(([, prompt, slot]) => ({ prompt, slot }));
  }

  async keepWeek(path, week) {
    const sealed = await this.seal({ ...week, path }, `${this.user}/${path}`);
    await transact(WEEKS, "readwrite", (store) => store.put({ user: this.user, path, sealed }));
  }

  async weeks() {
    const rows = await transact(WEEKS, "readonly", (store) => store.getAll(ofUser(this.user)));
    const opened = rows.map((row) => this.unseal(row.sealed, `${row.user}/${row.path}`).catch(() => null));
    return (await Promise.all(opened)).filter(Boolean);
  }

  async week(path) {
    return (await this.weeks()).find((week) => week.path === path) ?? null;
  }

  async seal(value, place) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const words = new TextEncoder().encode(JSON.stringify(value));
    const additionalData = new TextEncoder().encode(place);
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, this.key, words) };
  }

  async unseal({ iv, data }, place) {
    const additionalData = new TextEncoder().encode(place);
    const words = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, this.key, data);
    return JSON.parse(new TextDecoder().decode(words));
  }
}
