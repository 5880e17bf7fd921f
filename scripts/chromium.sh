#!/bin/sh
# Chromium without the pages behind its own address bar. Every new window loads two of them, in a process that takes
# more time than a page of ours; no test looks at them. The name of the browser is in CHROMIUM.
#
# Playwright switches other things off with the same argument, of which only the last counts: so one goes into the other.
for argument do
  shift
  case $argument in
    --disable-features=*) argument=$argument,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup ;;
  esac
  set -- "$@" "$argument"
done
exec "$CHROMIUM" "$@"
