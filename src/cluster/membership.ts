// Who is there: a lease each in Redis, by Redis' own clock, so that nobody's clock has to be right. One script renews a lease, drops
// those that ended and tells who is left. Who joins gets a number that is higher than all before him, his fencing token: what he writes is
// taken only while his lease is there with it, so one that slept through the end of his lease writes nothing.

import type { Keys } from "./keys.ts";
import type { Session } from "./redis-link.ts";

export interface Member {
  /** Of one process; a restart is another member. */
  readonly id: string;
  /** The name that its operator gave it. */
  readonly node: string;
}

export interface Renewal {
  /** The lease was not there: this is a new one. */
  readonly joined: boolean;
  readonly token: string;
  /** Redis' clock. */
  readonly redisMs: number;
  /** In one order everywhere, this one among them. */
  readonly members: readonly Member[];
}

/** No heartbeat makes a longer lease; what stands there with a longer one was written by nobody of us. */
export const longestLeaseMs = 120_000;
const membersMax = 256;
const nodeLengthMax = 128;
/** More are not told; only who was written there by nobody of us can be beyond. */
const toldMax = 4 * membersMax;
/**
 * After the last renewal of all. Tokens are kept for longer than any member can have slept, and nothing of these ends before rows do: a Redis
 * that is full and evicts by the time that is left takes rows first, which are told anew.
 */
const keepMs = 24 * 3600_000;
/** A fleet that nobody looks after any more leaves its rows for so long, for those who come back. */
const keepRowsMs = 10 * 60_000;

const nowLua = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * KEYS members, facts, tokens. ARGV id, token ('' for none), node, lease, longest lease, members at most, keep, told at most, channel, word.
 * A fact is a token, the lease's length and a node. A lease that ends later than its length says was made before the clock was set back, maybe by
 * one that is gone since: it has ended. A quarter of it may be a small step, and those who are there renew.
 */
const renewLua = `${nowLua}
local id, token = ARGV[1], ARGV[2]
local ended = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1000)
for _, one in ipairs(ended) do
  redis.call('ZREM', KEYS[1], one)
  redis.call('HDEL', KEYS[2], one)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('%.0f', now + ARGV[5]), '+inf')
local joined = 0
local known = redis.call('HGET', KEYS[2], id)
if token == '' or not known or not redis.call('ZSCORE', KEYS[1], id) or string.match(known, '^%d+') ~= token then
  joined = 1
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[6]) and not redis.call('ZSCORE', KEYS[1], id) then
    return redis.error_reply('ERR too many members')
  end
  token = string.format('%.0f', redis.call('INCR', KEYS[3]))
  redis.call('HSET', KEYS[2], id, token .. ' ' .. ARGV[4] .. ' ' .. ARGV[3])
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[4]), id)
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('PEXPIRE', KEYS[2], ARGV[7])
redis.call('PEXPIRE', KEYS[3], ARGV[7])
if joined == 1 then redis.call('PUBLISH', ARGV[9], ARGV[10]) end
local answer = { joined, token, string.format('%.0f', now) }
local live = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[8])
for i = 1, #live, 2 do
  local one, ends = live[i], tonumber(live[i + 1])
  local fact = redis.call('HGET', KEYS[2], one) or ''
  local lease = tonumber(string.match(fact, '^%d+ (%d+) ') or ARGV[5])
  if ends > now + 1.25 * lease then
    redis.call('ZREM', KEYS[1], one)
    redis.call('HDEL', KEYS[2], one)
  elseif #one == 16 and not string.find(one, '[^0-9a-f]') then
    answer[#answer + 1] = one
    answer[#answer + 1] = string.sub(fact, 1, 600)
  end
end
return answer
`;

/** KEYS members, facts, then all hashes of rows. ARGV id, channel, word, keep. */
const leaveLua = `
local left = redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
if left == 1 then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
if redis.call('ZCARD', KEYS[1]) == 0 then
  for i = 3, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[4]) end
end
return left
`;

/** What a member says to all others when it comes or goes; they renew at once, and so hear who is there. */
export const membersWord = '{"type":"members"}';

export interface Lease {
  readonly keys: Keys;
  readonly me: Member;
  readonly leaseMs: number;
}

/** `token` is the one of the lease that is held, or null. */
export async function renewLease(
  session: Session,
  { keys, me, leaseMs }: Lease,
  token: string | null,
): Promise<Renewal> {
  const answer = await session.ask(
    ...(["EVAL", renewLua, 3, keys.members, keys.facts, keys.tokens] as const),
    ...[me.id, token ?? "", me.node.slice(0, nodeLengthMax), leaseMs, longestLeaseMs],
    ...[membersMax, keepMs, toldMax, keys.all, membersWord],
  );
  return renewalOf(answer, me);
}

export async function endLease(
  session: Session,
  { keys, me }: Omit<Lease, "leaseMs">,
): Promise<void> {
  const all = [keys.members, keys.facts, ...keys.rows];
  await session.ask(
    ...(["EVAL", leaveLua, all.length, ...all] as const),
    ...[me.id, keys.all, membersWord, keepRowsMs],
  );
}

function renewalOf(answer: unknown, me: Member): Renewal {
  const [joined, token, redisMs, ...rest] = Array.isArray(answer) ? (answer as unknown[]) : [];
  const members: Member[] = [];
  for (let index = 0; index + 1 < rest.length; index += 2) {
    const [, node = ""] = /^\d+ \d+ (.*)$/s.exec(String(rest[index + 1])) ?? [];
    members.push({ id: String(rest[index]), node: node.slice(0, nodeLengthMax) });
  }
  // Facts that are gone come back when their member renews.
  if (typeof joined !== "number" || !members.some(({ id }) => id === me.id)) {
    throw new Error("Redis answered a renewal with something else");
  }
  members.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { joined: joined === 1, token: String(token), redisMs: Number(redisMs), members };
}
