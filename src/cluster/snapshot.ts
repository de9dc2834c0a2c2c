// What Redis knows of deployments that are not ours: read in pieces when this replica joins and after each break, during which messages
// were lost. Redis gives out nothing that is larger than a row can be.

import type { Registry } from "../registry/registry.ts";
import { rowWords } from "../table/layout.ts";
import { type Keys, rowsKeyOf } from "./keys.ts";
import type { Session } from "./redis-link.ts";
import type { FramedRow } from "./row-frames.ts";
import type { SlotIndex } from "./slot-index.ts";

/** Rows that are asked for at once: some 80 KB, and a millisecond of work here. */
const pieceMax = 96;
/** Slots that are looked through in one go. */
const lookMax = 2048;

/** KEYS the hash of each field. ARGV bytes at most, then the fields. */
const readLua = `
local found = {}
for i, key in ipairs(KEYS) do
  local length = redis.pcall('HSTRLEN', key, ARGV[i + 1])
  if type(length) == 'number' and length > 0 and length <= tonumber(ARGV[1]) then
    found[i] = redis.call('HGET', key, ARGV[i + 1])
  elseif type(length) == 'table' and not string.find(length.err, 'WRONGTYPE', 1, true) then
    return length
  else
    found[i] = false
  end
end
return found
`;

export interface SnapshotOptions {
  readonly session: Session;
  readonly keys: Keys;
  readonly index: SlotIndex;
  readonly fleet: Pick<Registry, "list" | "placeOf">;
  readonly wants: (slot: number) => boolean;
  /** Asked between the pieces: false ends it. */
  readonly isWanted: () => boolean;
  readonly onRow: (row: FramedRow) => void;
}

/** Rejects when Redis does. */
export async function readSnapshot(options: SnapshotOptions): Promise<void> {
  const { index, fleet, wants, isWanted } = options;
  const { slots } = index;
  let next = 0;
  while (next < slots.length && isWanted()) {
    const asked: { readonly key: string; readonly hash: string }[] = [];
    const end = Math.min(slots.length, next + lookMax);
    for (; next < end && asked.length < pieceMax; next += 1) {
      const slot = slots[next] as number;
      const place = fleet.placeOf(slot);
      if (place === null || !wants(slot)) continue;
      asked.push({
        key: fleet.list().keyAt(place),
        hash: rowsKeyOf(options.keys, index.first[slot] as number),
      });
    }
    if (asked.length === 0) await new Promise(setImmediate);
    else await readPiece(options, asked);
  }
}

async function readPiece(
  { session, isWanted, onRow }: SnapshotOptions,
  asked: readonly { readonly key: string; readonly hash: string }[],
): Promise<void> {
  const answer = await session.ask(
    ...(["EVAL", readLua, asked.length, ...asked.map(({ hash }) => hash)] as const),
    ...([rowWords * 4, ...asked.map(({ key }) => key)] as const),
  );
  if (!Array.isArray(answer) || !isWanted()) return;
  for (const [at, { key }] of asked.entries()) {
    const bytes: unknown = answer[at];
    if (bytes instanceof Uint8Array) onRow({ key, bytes });
  }
}
