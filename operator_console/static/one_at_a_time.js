// Loading, once at a time: what is asked for meanwhile is done once more after it.

/** work(again): `again` when any of those who asked for this turn said so. */
export function oneAtATime(work) {
  let running = null;
  let wanted = null;
  return (again = false) => {
    wanted = Boolean(wanted) || again;
    running ??= (async () => {
      try {
        while (wanted !== null) {
          const now = wanted;
          wanted = null;
          await work(now);
        }
      } finally {
        running = null;
      }
    })();
    return running;
  };
}
