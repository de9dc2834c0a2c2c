import { expect, test } from "bun:test";
import { emptyPdfUrl, multipart, silentWav } from "../../src/probe/samples.ts";

test("the second of silence is a WAV file that is all ASCII", () => {
  const bytes = Buffer.from(silentWav, "latin1");
  expect(Buffer.from(silentWav, "utf8")).toEqual(bytes);
  expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
  expect(bytes.readUInt32LE(24)).toBe(11_025);
  expect(bytes.readUInt32LE(28)).toBe(2 * 11_025);
  expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
});

test("the empty page's table points at its objects", () => {
  const pdf = atob(emptyPdfUrl.split(",")[1] ?? "");
  const start = Number(/startxref\n(\d+)/.exec(pdf)?.[1]);
  expect(pdf.slice(start, start + 4)).toBe("xref");
  const offsets = [...pdf.matchAll(/(\d{10}) 00000 n/g)].map(([, offset]) => Number(offset));
  expect(offsets.map((offset) => pdf.slice(offset, offset + 7))).toEqual([
    "1 0 obj",
    "2 0 obj",
    "3 0 obj",
  ]);
});

test("a form is read by another reader as it was meant", async () => {
  const { contentType, text } = multipart(
    { model: "whisper-1" },
    { name: "file", fileName: "silence.wav", type: "audio/wav", text: silentWav },
  );
  const form = await new Response(text, { headers: { "content-type": contentType } }).formData();
  expect(form.get("model")).toBe("whisper-1");
  expect(form.get("file")).toMatchObject({ name: "silence.wav", size: silentWav.length });
});
