// The bare limit: a static answer of Bun.serve, with the headers that the service sends.

import { takeShortSlices } from "../src/threads/short-slice.ts";

takeShortSlices();
const bytes = await Bun.file(process.argv[2] ?? "").bytes();
const headers = { "content-type": "application/json", "cache-control": "no-cache" };
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  development: false,
  routes: { "/*": new Response(bytes, { headers }) },
});
console.log(server.url.href);
