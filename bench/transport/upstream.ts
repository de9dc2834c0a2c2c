// An upstream as fast as the machine allows, plain and over TLS, in a process of its own: one answer of a chat, from memory.
// bun bench/transport/upstream.ts [CERT KEY] prints its ports.

const [cert, key] = process.argv.slice(2);
const answer = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "bench",
  choices: [{ index: 0, message: { role: "assistant", content: "pong" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
});

function serve(tls: { cert: Bun.BunFile; key: Bun.BunFile } | null): number {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 255,
    ...(tls === null ? {} : { tls }),
    routes: {
      "/v1/chat/completions": new Response(answer, {
        headers: { "content-type": "application/json" },
      }),
    },
    fetch: () => new Response("no such route", { status: 404 }),
  });
  return server.port ?? 0;
}

const plain = serve(null);
const secure =
  cert === undefined || key === undefined ? 0 : serve({ cert: Bun.file(cert), key: Bun.file(key) });
console.log(JSON.stringify({ plain, secure }));
