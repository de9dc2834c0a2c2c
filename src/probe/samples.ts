// What a model that reads files is asked with: the smallest of each kind, made here and not fetched.

const sampleRate = 11_025;
const silenceBytes = 2 * sampleRate;

/**
 * A second of silence as a WAV file (16 bits, mono; RIFF, Multimedia Programming Interface 1.0). At this rate every byte of it is
 * ASCII, so that a request that carries it is text as any other.
 */
export const silentWav =
  "RIFF" +
  ascii32(36 + silenceBytes) +
  "WAVEfmt " +
  ascii32(16) +
  ascii16(1) +
  ascii16(1) +
  ascii32(sampleRate) +
  ascii32(2 * sampleRate) +
  ascii16(2) +
  ascii16(16) +
  "data" +
  ascii32(silenceBytes) +
  "\0".repeat(silenceBytes);

/** A page without anything on it (ISO 32000-1), as a `data:` URL. */
export const emptyPdfUrl = `data:application/pdf;base64,${btoa(emptyPdf())}`;

export interface FormFile {
  readonly name: string;
  readonly fileName: string;
  readonly type: string;
  readonly text: string;
}

/** A form with a file in it (RFC 7578). */
export function multipart(
  fields: Readonly<Record<string, string>>,
  file: FormFile,
): { readonly contentType: string; readonly text: string } {
  const boundary = "fleetpulse-3f9c2a71d6e84b05";
  const parts = Object.entries(fields).map(
    ([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const last =
    `Content-Disposition: form-data; name="${file.name}"; filename="${file.fileName}"\r\n` +
    `Content-Type: ${file.type}\r\n\r\n${file.text}\r\n`;
  const text = [...parts, last].map((part) => `--${boundary}\r\n${part}`).join("");
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    text: `${text}--${boundary}--\r\n`,
  };
}

function emptyPdf(): string {
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>",
  ];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj${object}endobj\n`;
    return offset;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`);
  const table = `xref\n0 4\n0000000000 65535 f \n${rows.join("")}`;
  return `${text}${table}trailer<</Size 4/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
}

function ascii16(value: number): string {
  return String.fromCharCode(value & 0xff, value >> 8);
}

function ascii32(value: number): string {
  return ascii16(value & 0xffff) + ascii16(value >>> 16);
}
