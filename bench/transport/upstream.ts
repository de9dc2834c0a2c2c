// An upstream that answers every request after a delay, plain and over TLS, in a process of its own. With as many requests in
// flight as it delays milliseconds' worth of the wanted rate, every client is asked for the same rate, so that the machine does the same
// for all of them: how often somebody must be woken depends on the rate, and costs as much as a request does.
// bun bench/transport/upstream.ts CERT KEY DELAY_MS... prints the ports, plain and secure, by delay.

import type { Socket } from "bun";

const [cert = "", key = "", ...delays] = process.argv.slice(2);
const body = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "bench",
  choices: [{ index: 0, message: { role: "assistant", content: "pong" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
});
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Sat, 21 Nov 2026 08:00:00 GMT\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
);

/** Sockets to answer, by the millisecond in which it is due. */
const due: Socket<undefined>[][] = Array.from({ length: 1024 }, () => []);
let tick = Math.floor(performance.now());
setInterval(() => {
  const now = Math.floor(performance.now());
  for (; tick <= now; tick += 1) {
    const sockets = due[tick % due.length] as Socket<undefined>[];
    for (const socket of sockets) socket.write(answer);
    sockets.length = 0;
  }
}, 1);

function listen(delayMs: number, tls: { cert: Bun.BunFile; key: Bun.BunFile } | null): number {
  return Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    ...(tls === null ? {} : { tls }),
    socket: {
      data(socket) {
        due[(Math.floor(performance.now()) + delayMs) % due.length]?.push(socket);
      },
      error() {},
    },
  }).port;
}

const tls = { cert: Bun.file(cert), key: Bun.file(key) };
const ports = delays.map(Number).map((delayMs) => ({
  plain: listen(delayMs, null),
  secure: listen(delayMs, tls),
}));
console.log(JSON.stringify(ports));
