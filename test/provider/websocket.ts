// Servers of WebSockets over bare sockets, which do with the handshake and the frames what a test says.

import { createHash } from "node:crypto";
import type { Socket } from "bun";

export interface SocketServer {
  /** ws:// */
  readonly url: string;
  /** The heads of the requests. */
  readonly heads: string[];
  /** What came after the handshake, unmasked: opcode and payload. */
  readonly frames: { opcode: number; payload: Buffer }[];
  open(): number;
  stop(): void;
}

export type ServerSocket = Socket<{ text: string; timer: Timer | null }>;

/** The head with which a server agrees to a handshake. */
export function agreed(head: string, more = ""): string {
  const key = /sec-websocket-key: (\S+)/i.exec(head)?.[1] ?? "";
  const accept = createHash("sha1")
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${more}\r\n`;
}

/** A frame of a server. */
export function frame(opcode: number, payload: string | Uint8Array, isLast = true): Buffer {
  const bytes = Buffer.from(payload as string);
  const first = (isLast ? 0x80 : 0) | opcode;
  if (bytes.length < 126) return Buffer.concat([Buffer.of(first, bytes.length), bytes]);
  if (bytes.length < 65_536) {
    return Buffer.concat([Buffer.of(first, 126, bytes.length >> 8, bytes.length & 255), bytes]);
  }
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bytes.length));
  return Buffer.concat([Buffer.of(first, 127), length, bytes]);
}

/** A close frame of a server. */
export function closing(code: number, reason = ""): Buffer {
  return frame(8, Buffer.concat([Buffer.of(code >> 8, code & 255), Buffer.from(reason)]));
}

/** `act` is called with the head of a request once it is there. */
export function startSocketServer(act: (socket: ServerSocket, head: string) => void): SocketServer {
  const heads: string[] = [];
  const frames: { opcode: number; payload: Buffer }[] = [];
  let open = 0;
  const server = Bun.listen<{ text: string; timer: Timer | null }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { text: "", timer: null };
        open += 1;
      },
      data(socket, bytes) {
        if (socket.data.text.includes("\r\n\r\n")) {
          frames.push(...unmasked(bytes));
          return;
        }
        socket.data.text += bytes.toString("latin1");
        if (!socket.data.text.includes("\r\n\r\n")) return;
        heads.push(socket.data.text);
        act(socket, socket.data.text);
      },
      close(socket) {
        open -= 1;
        if (socket.data.timer !== null) clearInterval(socket.data.timer);
      },
      error() {},
    },
  });
  return {
    url: `ws://127.0.0.1:${server.port}/v1/realtime`,
    heads,
    frames,
    open: () => open,
    stop: () => server.stop(true),
  };
}

/** Frames of a client whose length stands in a byte; one that is not masked is an error of the client. */
function unmasked(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const found: { opcode: number; payload: Buffer }[] = [];
  for (let at = 0; at + 6 <= bytes.length; ) {
    const second = bytes[at + 1] ?? 0;
    if ((second & 0x80) === 0) throw new Error("a frame of the client is not masked");
    const length = second & 0x7f;
    const mask = bytes.subarray(at + 2, at + 6);
    const payload = bytes
      .subarray(at + 6, at + 6 + length)
      .map((byte, i) => byte ^ (mask[i % 4] ?? 0));
    found.push({ opcode: (bytes[at] ?? 0) & 15, payload: Buffer.from(payload) });
    at += 6 + length;
  }
  return found;
}
