// News of this operator's workspace. An event says only where to look again.

const KINDS = ["offer", "offer_ended", "waiting", "ringing", "talking", "ended", "presence", "pop", "callback", "desk"];

/** on.news(kind, token), on.reload(), on.connected(bool), on.over(); returns what ends it. */
export function follow(on) {
  let source;
  let stopped = false;
  const open = () => {
    if (stopped) return;
    source = new EventSource("/operator/events");
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => on.news(kind, JSON.parse(event.data).token));
    }
    for (const kind of ["hello", "reset"]) {
      source.addEventListener(kind, () => {
        on.connected(true);
        on.reload();
      });
    }
    source.addEventListener("over", () => {
      source.close();
      on.over();
    });
    source.addEventListener("error", () => {
      on.connected(false);
      // The browser comes back by itself, but for an answer that is no event stream.
      if (source.readyState === EventSource.CLOSED && !stopped) setTimeout(open, 3000);
    });
  };
  open();
  return () => {
    stopped = true;
    source.close();
  };
}
