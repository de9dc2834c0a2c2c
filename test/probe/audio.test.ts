// What is sound, of what a model that speaks may answer.

import { describe, expect, test } from "bun:test";
import { questionOf } from "../../src/probe/families.ts";
import type { OutcomeClass } from "../../src/table/outcome-class.ts";
import { target } from "./target.ts";

const answers: [title: string, type: string, body: string, expected: OutcomeClass][] = [
  ["MPEG", "audio/mpeg", "ID3", "ok"],
  ["PCM with its rate", "audio/pcm;rate=24000", "..", "ok"],
  ["bytes of no named kind", "application/octet-stream", "..", "ok"],
  ["nothing at all", "audio/mpeg", "", "protocol"],
  ["a page of a portal", "text/html", "<html>sign in</html>", "protocol"],
  ["JSON without an error", "application/json", "{}", "protocol"],
  ["an image", "image/png", "PNG", "protocol"],
  ["an archive", "application/zip", "PK", "protocol"],
  ["an error in a 200", "application/json", '{"error":{"code":"insufficient_quota"}}', "billing"],
];

describe("a model that speaks, answering with", () => {
  for (const [title, type, body, expected] of answers) {
    test(`${title} is ${expected}`, () => {
      const asked = target({ mode: "audio_speech", model: "tts-1" });
      const headers = { "content-type": type };
      const judged = questionOf(asked).read(asked, {
        status: 200,
        headers,
        body,
        truncated: false,
      });
      expect(judged.class).toBe(expected);
    });
  }
});
