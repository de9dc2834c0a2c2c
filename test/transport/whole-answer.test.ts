import { expect, test } from "bun:test";
import fc from "fast-check";
import { type ParsedHead, ResponseParser } from "../../src/transport/response-parser.ts";
import { wholeAnswerOf } from "../../src/transport/whole-answer.ts";

const body = '{"object":"list"}';
const usual = [
  "HTTP/1.1 200 OK",
  "Content-Type: application/json",
  "Date: Sat, 21 Nov 2026 08:00:00 GMT",
  "Connection: keep-alive",
  `Content-Length: ${body.length}`,
];
const answer = (lines: readonly string[], rest = body) =>
  Buffer.from(`${lines.join("\r\n")}\r\n\r\n${rest}`, "latin1");

/** What llhttp makes of the same bytes. */
function judged(bytes: Buffer) {
  const heads: ParsedHead[] = [];
  let text = "";
  let complete = 0;
  const parser = new ResponseParser({
    onHead: (head) => heads.push(head),
    onBody: (part, from, to) => {
      text += part.toString("utf8", from, to);
    },
    onComplete: () => {
      complete += 1;
    },
  });
  const taken = parser.take(bytes);
  parser.close();
  return { heads, text, complete, taken };
}

test("a usual answer is known, and read as llhttp reads it", () => {
  const bytes = answer(usual);
  const whole = wholeAnswerOf(bytes);
  const { heads, text } = judged(bytes);
  expect([whole?.status, whole?.body, whole?.headers]).toEqual([200, text, heads[0]?.headers]);
});

const usualLines = [
  ...usual.slice(1, 4),
  "Keep-Alive: timeout=5",
  "Header:",
  "Set-Cookie: a=b",
  "set-cookie: c=d",
];
const otherLines = [
  "HTTP/1.1 200 OK",
  "Connection: close",
  "connection: keep-alive, close",
  "Proxy-Connection: close",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding : chunked",
  "Content-Encoding: gzip",
  "Upgrade: h2c",
  `Content-Length: ${body.length}`,
  "Content-Length: 0",
  " folded: line",
  "\tfolded",
  "Name : value",
  ": no name",
  "no colon",
  "Bad\u0000Name: x",
  "Header: a\nb: c",
  "Header: a\rb",
  "Header: caf\u00e9",
];
const first = fc.constantFrom(
  ...Array<string>(6).fill("HTTP/1.1 200 OK"),
  "HTTP/1.1 503 Slow down",
  "HTTP/1.1 503",
  "HTTP/1.1 503 ",
  "HTTP/1.1 204 No Content",
  "HTTP/1.1 304 Not Modified",
  "HTTP/1.1 100 Continue",
  "HTTP/1.1 2000 OK",
  "HTTP/1.0 200 OK",
);
const line = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...usualLines) },
  { weight: 2, arbitrary: fc.constantFrom(...otherLines) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);
const length = fc.constantFrom(
  ...Array<string>(6).fill(`Content-Length: ${body.length}`),
  `content-length:${body.length}\t`,
  `Content-Length: ${body.length}, ${body.length}`,
  "Content-Length: +17",
  "Content-Length: 99999999999999999999",
);
const rest = fc.constantFrom(
  ...Array<string>(6).fill(body),
  `${body}\r\n\r\n`,
  "",
  `${body}${answer(usual).toString("latin1")}`,
);

test("whatever is taken for a usual answer llhttp takes for the same one", () => {
  let usuals = 0;
  fc.assert(
    fc.property(
      first,
      fc.array(line, { maxLength: 4 }),
      length,
      fc.array(line, { maxLength: 2 }),
      rest,
      (status, before, said, after, what) => {
        const bytes = answer([status, ...before, said, ...after], what);
        const whole = wholeAnswerOf(bytes);
        if (whole === null) return;
        usuals += 1;
        const { heads, text, complete, taken } = judged(bytes);
        const [head] = heads;
        expect([whole.status, whole.headers, whole.body, whole.keepAlive, whole.encoding]).toEqual([
          head?.status ?? 0,
          head?.headers ?? {},
          text,
          head?.keepAlive ?? false,
          head?.encoding,
        ]);
        expect([heads.length, complete, taken]).toEqual([1, 1, bytes.length]);
      },
    ),
    { numRuns: 5000 },
  );
  expect(usuals).toBeGreaterThan(100);
});

test("a long head that is wrong at its end only is refused at once", () => {
  const many = Array.from({ length: 1500 }, (_, index) => `a: ${index % 10}`);
  expect(wholeAnswerOf(answer([...usual, ...many, "no colon"]))).toBeNull();
});
