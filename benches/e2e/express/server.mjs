// The Express production stack: compression, helmet, response-time, and etag, which Express has itself.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import compression from "compression";
import express from "express";
import helmet from "helmet";
import responseTime from "response-time";

const folder = process.argv[2];
const files = {
  "json-1k.json": ["application/json", "no-cache"],
  "json-16k.json": ["application/json", "no-cache"],
  "app-3f9a1c07.js": ["text/javascript", "public, max-age=31536000, immutable"],
};

const app = express();
app.use(responseTime());
app.use(helmet());
app.use(compression());
for (const [name, [type, policy]] of Object.entries(files)) {
  const body = readFileSync(join(folder, name));
  app.get("/" + name, (_, response) => response.set("Cache-Control", policy).type(type).send(body));
}
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
