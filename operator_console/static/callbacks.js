// People to be rung back, as the server knows them.

import { get } from "./api.js";
import * as times from "./times.js";

export const known = {
  list: [],
  more: 0,
  /** The one this operator has taken, with names; null when there is none. */
  mine: null,
  /** The one that a key takes: the first that is due and free. */
  first: null,
};

/** Names, and whether the number is theirs, are asked for once: each asking is recorded. */
export async function load() {
  const { list, more, mine } = await get("api/callbacks");
  known.list = list;
  known.more = more;
  known.first = list.find((one) => !one.taken && Date.parse(one.due_at) <= times.now()) ?? null;
  known.mine = mine && same(mine) ? { ...mine, kept: known.mine.kept } : await named(mine);
}

function same(mine) {
  return known.mine?.callback === mine.callback && known.mine.kept.verified_at === mine.kept.verified_at && known.mine.kept.badge === mine.kept.badge && known.mine.kept.hint === mine.kept.hint;
}

async function named(mine) {
  if (!mine) return null;
  return get(`api/callback/${encodeURIComponent(mine.callback)}`).catch((problem) => {
    if (problem.status === 401) throw problem;
    return mine; // it has gone to somebody else meanwhile: the next news says so
  });
}
