// Frames of a WebSocket (RFC 6455, 5) as far as a client needs them that waits for the first message: pieces of any size in, one
// message or the end of it out. What is kept is never more than one message of `messageBytesMax`.

import { randomBytes } from "node:crypto";

export const messageBytesMax = 64 * 1024;
/** Pings and empty fragments before the first message; who sends more never comes to it. */
const framesMax = 1024;

export const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;
const known: ReadonlySet<number> = new Set(Object.values(opcodes));

export type WebSocketEvent =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "closed"; readonly code: number; readonly reason: string }
  | { readonly kind: "broken"; readonly text: string };

/** No code was given (RFC 6455, 7.1.5). */
const closedWithoutCode = 1005;

/** A whole frame of a client: masked, and not longer than 16 bits can say. */
export function clientFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  if (length > 0xffff) throw new Error("a message of ours is too long for a WebSocket frame");
  const mask = randomBytes(4);
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  const frame = Buffer.from([0x80 | opcode, ...size, ...mask, ...payload]);
  const start = frame.length - length;
  for (let index = 0; index < length; index += 1) {
    frame[start + index] = (payload[index] as number) ^ (mask[index % 4] as number);
  }
  return frame;
}

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly payload: Buffer;
  /** Bytes of the payload that have come. */
  filled: number;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

export class MessageReader {
  readonly #onPing: (payload: Buffer) => void;
  readonly #head = Buffer.alloc(10);
  #headBytes = 0;
  #frame: Frame | null = null;
  /** The fragments of the message so far; null before its first one. */
  #fragments: Buffer[] | null = null;
  #messageBytes = 0;
  #frames = 0;

  constructor(onPing: (payload: Buffer) => void) {
    this.#onPing = onPing;
  }

  /** What has come with these bytes; null while more is needed. Not asked again after an event. */
  take(bytes: Buffer): WebSocketEvent | null {
    let at = 0;
    while (at < bytes.length) {
      if (this.#frame === null) {
        this.#head[this.#headBytes] = bytes[at] as number;
        this.#headBytes += 1;
        at += 1;
        const fault = this.#begin();
        if (fault !== null) return broken(fault);
      }
      const frame = this.#frame;
      if (frame === null) continue;
      const copied = bytes.copy(frame.payload, frame.filled, at);
      at += copied;
      frame.filled += copied;
      if (frame.filled < frame.payload.length) continue;
      this.#frame = null;
      this.#headBytes = 0;
      const event = this.#end(frame);
      if (event !== null) return event;
    }
    return null;
  }

  /** Begins a frame once its head is there; says what is wrong with it. */
  #begin(): string | null {
    const [first = 0, second = 0] = this.#head;
    if (this.#headBytes < 2) return null;
    const opcode = first & 0x0f;
    const isLast = (first & 0x80) !== 0;
    const short = second & 0x7f;
    if ((first & 0x70) !== 0) return "a frame uses an extension that was not agreed on";
    if (!known.has(opcode)) return `a frame has the unknown opcode ${opcode}`;
    if ((second & 0x80) !== 0) return "a frame of the server is masked";
    if (opcode >= opcodes.close && (!isLast || short > 125)) return "a control frame is too long";
    if (
      opcode < opcodes.close &&
      (opcode === opcodes.continuation) !== (this.#fragments !== null)
    ) {
      return "a fragment stands out of its order";
    }
    if (this.#headBytes < (short === 127 ? 10 : short === 126 ? 4 : 2)) return null;
    const length =
      short === 127
        ? Number(this.#head.readBigUInt64BE(2))
        : short === 126
          ? this.#head.readUInt16BE(2)
          : short;
    if (length + this.#messageBytes > messageBytesMax) {
      return `a message is longer than ${messageBytesMax} bytes`;
    }
    this.#frames += 1;
    if (this.#frames > framesMax) return `no message in ${framesMax} frames`;
    this.#frame = { opcode, isLast, payload: Buffer.alloc(length), filled: 0 };
    return null;
  }

  /** What a frame means that has come whole. */
  #end({ opcode, isLast, payload }: Frame): WebSocketEvent | null {
    if (opcode === opcodes.close) return closedBy(payload);
    if (opcode === opcodes.ping) this.#onPing(payload);
    if (opcode >= opcodes.close) return null;
    this.#fragments ??= [];
    this.#fragments.push(payload);
    this.#messageBytes += payload.length;
    return isLast ? messageOf(Buffer.concat(this.#fragments)) : null;
  }
}

function messageOf(bytes: Buffer): WebSocketEvent {
  try {
    return { kind: "message", text: decoder.decode(bytes) };
  } catch {
    return broken("a message is not UTF-8");
  }
}

function closedBy(payload: Buffer): WebSocketEvent {
  if (payload.length === 1) return broken("a close frame has half a code");
  return {
    kind: "closed",
    code: payload.length === 0 ? closedWithoutCode : payload.readUInt16BE(0),
    reason: payload.toString("utf8", 2),
  };
}

function broken(text: string): WebSocketEvent {
  return { kind: "broken", text: `the WebSocket cannot be read: ${text}` };
}
