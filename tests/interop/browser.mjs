// What the browser does in these stories: a cookie jar for one origin, redirects followed by hand, forms filled in.

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { text } from "node:stream/consumers";

export class Browser {
  #cookies = new Map();
  #issuer;

  constructor(issuer) {
    this.#issuer = issuer;
  }

  // Not by fetch: in Debian 12's Node.js its answers do not tell one Set-Cookie from the next.
  async request(url, { method = "GET", headers = {}, body } = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const sent = http.request(url, { method, headers: { cookie, ...headers } }).end(body);
    const [answer] = await once(sent, "response");
    for (const line of answer.headers["set-cookie"] ?? []) this.#keep(line);
    const page = await text(answer);
    return { status: answer.statusCode, location: answer.headers.location, page };
  }

  #keep(line) {
    const [pair, ...attributes] = line.split(";").map((part) => part.trim());
    const at = pair.indexOf("=");
    const gone = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=thu, 01 jan 1970/i.test(one));
    if (gone) this.#cookies.delete(pair.slice(0, at));
    else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }

  // Ends at a page of the provider ({ page, url }) or at a redirect that leaves it ({ left }).
  async follow(answer, url) {
    for (let hops = 0; hops < 10; hops += 1) {
      if (!answer.location) return { status: answer.status, url, page: answer.page };
      url = new URL(answer.location, url);
      if (url.origin !== new URL(this.#issuer).origin) return { left: url };
      answer = await this.request(url);
    }
    throw new Error(`too many redirects, the last to ${url}`);
  }

  async visit(url) {
    return this.follow(await this.request(url), url);
  }

  async submit({ page, url }, fields) {
    const form = page.match(/<form method="post"[^>]*>[\s\S]*?<\/form>/)?.[0];
    assert.ok(form, `no form at ${url}: ${page}`);
    const body = new URLSearchParams();
    for (const [input] of form.matchAll(/<input type="hidden"[^>]*>/g)) {
      body.set(input.match(/name="([^"]*)"/)[1], input.match(/value="([^"]*)"/)[1]);
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const action = new URL(form.match(/action="([^"]*)"/)[1], url);
    const headers = { origin: action.origin, "content-type": "application/x-www-form-urlencoded" };
    return this.follow(await this.request(action, { method: "POST", headers, body: body.toString() }), action);
  }
}
