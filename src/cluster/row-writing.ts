// One batch of rows into Redis and onto the channel: a script that first looks whether the lease is there with our token. What is no news is
// written only where there is nothing newer.

import { placeOf } from "../table/row-words.ts";
import { type Keys, rowsKeyOf } from "./keys.ts";
import type { Argument, Session } from "./redis-link.ts";
import { frameLua } from "./row-frames.ts";
import type { SlotIndex } from "./slot-index.ts";

export interface NamedRow {
  readonly slot: number;
  readonly key: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface RowBatch {
  /** Just found out by who asks it: it counts whatever stands there, also after a clock was set back. */
  readonly news: readonly NamedRow[];
  readonly others: readonly NamedRow[];
}

export interface RowWriting {
  readonly keys: Keys;
  readonly index: SlotIndex;
  readonly batch: RowBatch;
  readonly from: { readonly id: string; readonly token: string };
  readonly keepRowsMs: number;
}

/** First byte of a row's time, as Lua counts. */
const timeAt = placeOf("lastCheckMs") + 1;

/**
 * KEYS members, facts, then the hash of each row. ARGV id, token, channel, keep, how many of the first rows are news, then key and row
 * of each.
 */
const publishLua = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
local known = redis.call('HGET', KEYS[2], ARGV[1])
if not ends or tonumber(ends) <= now or not known or string.match(known, '^%d+') ~= ARGV[2] then return -1 end
local function newer(one, other)
  if type(one) ~= 'string' or #one < ${timeAt + 7} then return false end
  local low, high = struct.unpack('<I4I4', one, ${timeAt})
  local otherLow, otherHigh = struct.unpack('<I4I4', other, ${timeAt})
  return high > otherHigh or (high == otherHigh and low > otherLow)
end
local parts = { ARGV[1] }
local created = 0
local refused = nil
for i = 3, #KEYS do
  local key, row = ARGV[2 * i], ARGV[2 * i + 1]
  if i - 2 <= tonumber(ARGV[5]) or not newer(redis.pcall('HGET', KEYS[i], key), row) then
    local added = redis.pcall('HSET', KEYS[i], key, row)
    if type(added) == 'table' and string.find(added.err, 'WRONGTYPE', 1, true) then
      redis.call('DEL', KEYS[i])
      added = redis.pcall('HSET', KEYS[i], key, row)
    end
    if type(added) == 'number' then created = created + added else refused = added end
    redis.pcall('PEXPIRE', KEYS[i], ARGV[4])
    parts[#parts + 1] = ${frameLua}
  end
end
if #parts > 1 then redis.call('PUBLISH', ARGV[3], table.concat(parts)) end
return refused or created
`;

/**
 * How many rows Redis had none of before; null when the lease is not there with this token. Rejects when Redis keeps one of them not: those who
 * are there have heard of it all the same.
 */
export async function writeRows(
  session: Session,
  { keys, index, batch: { news, others }, from, keepRowsMs }: RowWriting,
): Promise<number | null> {
  const all = [...news, ...others];
  const hashes = all.map(({ slot }) => rowsKeyOf(keys, index.first[slot] as number));
  const rows = all.flatMap(({ key, bytes }): Argument[] => [
    key,
    Buffer.from(bytes.buffer, 0, bytes.length),
  ]);
  const created = await session.ask(
    ...(["EVAL", publishLua, 2 + all.length, keys.members, keys.facts, ...hashes] as const),
    ...([from.id, from.token, keys.changes, keepRowsMs, news.length, ...rows] as const),
  );
  return created === -1 ? null : Number(created);
}
