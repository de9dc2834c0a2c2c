// The bare loop that a prober is compared with: every URL once, all at once, by fetch; prints wall and CPU time.
// Started with BUN_CONFIG_MAX_HTTP_REQUESTS set, which a user would have to do as well.

const [url = "", count = "1000"] = process.argv.slice(2);
const body = JSON.stringify({
  model: "m",
  messages: [{ role: "user", content: "ping" }],
  max_tokens: 16,
});
const headers = { authorization: "Bearer sk-bench", "content-type": "application/json" };
const cpu = process.cpuUsage();
const startMs = performance.now();
const answers = await Promise.all(
  Array.from({ length: Number(count) }, async (_, index) => {
    const response = await fetch(`${url}/ok-${index}/v1/chat/completions`, {
      method: "POST",
      headers,
      body,
      keepalive: false,
      signal: AbortSignal.timeout(30_000),
    });
    return (await response.json()) as { choices?: unknown };
  }),
);
const wallMs = performance.now() - startMs;
const { user, system } = process.cpuUsage(cpu);
const good = answers.filter(({ choices }) => choices !== undefined).length;
console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000, good }));
