import { describe, expect, test } from "bun:test";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { createLargeAnswers, type LargeAnswer } from "../../src/server/large-answers.ts";
import { eventually } from "../servers/process.ts";

const pieceCount = 3000;
const pieceOf = (index: number) => `${index} ${Bun.hash(String(index)).toString(36).repeat(20)}\n`;
const text = Array.from({ length: pieceCount }, (_, index) => pieceOf(index)).join("");
const gzip = { "accept-encoding": "gzip" };

function started(bytesMax?: number) {
  let nowMs = 0;
  const clock = { wallMs: () => nowMs, monotonicMs: () => nowMs };
  const state = { revision: "1", status: 200, makings: 0, pieces: 0, ended: 0 };
  const answers = createLargeAnswers(clock, () => state.ended, bytesMax);
  /** What happens while this piece is made. */
  const events = new Map<number, () => void>();
  function* pieces(): Generator<string> {
    for (let index = 0; index < pieceCount; index += 1) {
      events.get(index)?.();
      state.pieces += 1;
      yield pieceOf(index);
    }
  }
  const answer = (): LargeAnswer => ({
    name: "/large",
    revision: state.revision,
    status: state.status,
    pieces: () => {
      state.makings += 1;
      return pieces();
    },
  });
  return {
    state,
    events,
    wait(ms: number) {
      nowMs += ms;
    },
    ask: (headers: Record<string, string> = gzip, gone?: AbortController) =>
      answers.respond(
        new Request(
          "http://localhost/large",
          gone ? { headers, signal: gone.signal } : { headers },
        ),
        answer(),
      ),
  };
}

const unzipped = async (response: Response) => gunzipSync(await response.bytes()).toString();

describe("a large answer, compressed", () => {
  test("that is out of date is not given any more when a check has ended", async () => {
    const one = started();
    await unzipped(one.ask());
    one.state.revision = "2";
    await unzipped(one.ask());
    expect(one.state.makings).toBe(1);
    one.state.ended += 1;
    await unzipped(one.ask());
    expect(one.state.makings).toBe(2);
  });

  test("is made once for all who ask at the same time, and each gets all of it", async () => {
    const one = started();
    const bodies = await Promise.all(Array.from({ length: 8 }, () => unzipped(one.ask())));
    expect(new Set(bodies)).toEqual(new Set([text]));
    expect(one.state.makings).toBe(1);
  });

  test("is joined from its first byte by whoever comes while it is made", async () => {
    const one = started();
    const bodies: Promise<string>[] = [];
    one.events.set(pieceCount / 2, () => {
      one.state.revision = "2";
      bodies.push(unzipped(one.ask()));
    });
    expect(await unzipped(one.ask())).toBe(text);
    expect(await Promise.all(bodies)).toEqual([text]);
    expect(one.state.makings).toBe(1);
  });

  test("is given again until something changes, and is no older than 250 ms then", async () => {
    const one = started();
    await unzipped(one.ask());
    one.wait(5000);
    await unzipped(one.ask());
    expect(one.state.makings).toBe(1);
    one.state.revision = "2";
    await unzipped(one.ask());
    expect(one.state.makings).toBe(2);
    one.state.revision = "3";
    one.wait(250);
    await unzipped(one.ask());
    expect(one.state.makings).toBe(2);
    one.wait(1);
    await unzipped(one.ask());
    expect(one.state.makings).toBe(3);
  });

  test("has the tag and the status code of the moment in which it was begun", async () => {
    const one = started();
    const before = one.ask();
    await unzipped(before);
    one.state.revision = "2";
    one.state.status = 503;
    const shared = one.ask();
    expect(shared.status).toBe(200);
    expect(shared.headers.get("etag")).toBe(before.headers.get("etag"));
    expect(await unzipped(shared)).toBe(text);
    const known = one.ask({ ...gzip, "if-none-match": before.headers.get("etag") ?? "" });
    expect(known.status).toBe(304);
    one.wait(251);
    const next = one.ask();
    expect(next.status).toBe(503);
    expect(next.headers.get("etag")).not.toBe(before.headers.get("etag"));
    await unzipped(next);
  });

  test("comes in the encoding that the client likes best, and as text for one who knows none", async () => {
    const one = started();
    const zstd = one.ask({ "accept-encoding": "gzip, deflate, br, zstd" });
    expect(zstd.headers.get("content-encoding")).toBe("zstd");
    expect(zstdDecompressSync(await zstd.bytes()).toString()).toBe(text);
    const plain = one.ask({});
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe(text);
  });

  test("is made no further when all who wanted it went away, and anew for the next", async () => {
    const one = started();
    const gone = new AbortController();
    const given = Promise.withResolvers<void>();
    const cut = one.ask();
    one.ask(gzip, gone);
    one.events.set(pieceCount / 2, () => {
      gone.abort();
      given.resolve(cut.body?.cancel());
    });
    await given.promise;
    one.events.clear();
    expect(one.state.pieces).toBeLessThan(pieceCount);
    expect(await unzipped(one.ask())).toBe(text);
    expect(one.state.makings).toBe(2);
  });

  test("holds no memory for a client that was gone before it was answered", async () => {
    const { length } = await started().ask().bytes();
    // Room for one, not for two; where chunks end depends on time, and a few bytes on that.
    const one = started(1.5 * length);
    const gone = new AbortController();
    gone.abort();
    for (const revision of ["1", "2"]) {
      one.state.revision = revision;
      one.wait(5000);
      const whole = one.ask();
      one.ask(gzip, gone);
      expect(await unzipped(whole)).toBe(text);
    }
    one.state.revision = "3";
    one.wait(5000);
    const next = one.ask();
    expect(next.headers.get("content-encoding")).toBe("gzip");
    expect(await unzipped(next)).toBe(text);
  });

  test("is not made for a client that was gone before it was begun", async () => {
    const one = started();
    const gone = new AbortController();
    gone.abort();
    one.ask(gzip, gone);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(one.state.pieces).toBe(0);
    expect(await unzipped(one.ask())).toBe(text);
  });

  test("that cannot be made ends in the middle, and is tried again for the next who asks", async () => {
    const one = started();
    one.events.set(2000, () => {
      throw new Error("boom");
    });
    await expect(one.ask().bytes()).rejects.toThrow();
    one.events.clear();
    expect(await unzipped(one.ask())).toBe(text);
  });

  test("gives way to text while clients hold as much memory as there may be", async () => {
    const one = started(1);
    const slow = one.ask();
    await eventually("some of it is made", () => one.state.pieces === pieceCount);
    one.state.revision = "2";
    one.wait(5000);
    const plain = one.ask();
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe(text);
    expect(await unzipped(slow)).toBe(text);
    const next = one.ask();
    expect(next.headers.get("content-encoding")).toBe("gzip");
    expect(await unzipped(next)).toBe(text);
  });
});
