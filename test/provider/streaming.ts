// An upstream that streams over a bare socket: every piece is an HTTP chunk of its own, so a reader meets the boundaries that a
// test chose, however the network packs them.

import type { Socket } from "bun";

export interface StreamingUpstream {
  readonly url: string;
  /** The bodies of the requests. */
  readonly asked: unknown[];
  /** The request lines. */
  readonly lines: string[];
  open(): number;
  stop(): void;
}

export interface StreamingOptions {
  readonly type?: string;
  /** "open" waits for the client to go; "repeat" sends the last piece again and again; "cut" closes in the middle. */
  readonly after?: "end" | "open" | "repeat" | "cut";
  readonly status?: string;
}

export function startStreaming(
  pieces: readonly (string | Uint8Array)[],
  { type = "text/event-stream", after = "end", status = "200 OK" }: StreamingOptions = {},
): StreamingUpstream {
  const asked: unknown[] = [];
  const lines: string[] = [];
  let open = 0;
  const server = Bun.listen<{ timer: Timer | null; text: string }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { timer: null, text: "" };
        open += 1;
      },
      data(socket, bytes) {
        socket.data.text += bytes.toString();
        const body = bodyOf(socket.data.text);
        if (body === null) return;
        lines.push(socket.data.text.split("\r\n", 1)[0] ?? "");
        socket.data.text = "";
        asked.push(JSON.parse(body));
        const head = `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`;
        const last = after === "end" ? [Buffer.from("0\r\n\r\n")] : [];
        socket.write(Buffer.concat([Buffer.from(head), ...pieces.map(chunkOf), ...last]));
        if (after === "cut") socket.end();
        if (after === "repeat") socket.data.timer = repeat(socket, pieces.at(-1) ?? "");
      },
      close(socket) {
        open -= 1;
        if (socket.data.timer !== null) clearInterval(socket.data.timer);
      },
      error() {},
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    asked,
    lines,
    open: () => open,
    stop: () => server.stop(true),
  };
}

/** The body of a request that has come whole, or null. */
function bodyOf(request: string): string | null {
  const [head = "", body] = request.split("\r\n\r\n");
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return body === undefined || Buffer.byteLength(body) < length ? null : body;
}

function chunkOf(piece: string | Uint8Array): Buffer {
  const bytes = Buffer.from(piece as string);
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from("\r\n"),
  ]);
}

function repeat(socket: Socket<unknown>, piece: string | Uint8Array): Timer {
  return setInterval(() => socket.write(chunkOf(piece)), 2);
}
