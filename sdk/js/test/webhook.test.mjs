import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyWebhook } from "../index.js";

// The published vector of Standard Webhooks' libraries.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"test": 2432232314}';
const at = 1614265330;
const headers = {
	"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
	"webhook-timestamp": String(at),
	"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const now = at * 1000;

for (const [name, h, b, secrets, time, code] of [
	["the published vector", headers, body, secret, now, undefined],
	["as headers and bytes, one of two secrets", new Headers(headers), new TextEncoder().encode(body), ["x", secret], now, undefined],
	["one of two signatures", { ...headers, "webhook-signature": `v1,AAAA v9,B ${headers["webhook-signature"]}` }, body, secret, now, undefined],
	["six minutes late", headers, body, secret, now + 360_000, "time"],
	["of the future", headers, body, secret, now - 360_000, "time"],
	["another body", headers, `${body} `, secret, now, "signature"],
	["another id", { ...headers, "webhook-id": "x" }, body, secret, now, "signature"],
	["another time", { ...headers, "webhook-timestamp": String(at + 1) }, body, secret, now, "signature"],
	["another secret", headers, body, "whsec_AAAA", now, "signature"],
	["no secret", headers, body, [], now, "signature"],
	["a secret without a key", headers, body, "whsec_", now, "signature"],
	["no headers", {}, body, secret, now, "unsigned"],
	["an absent header", { ...headers, "webhook-signature": undefined }, body, secret, now, "unsigned"],
])
	test(name, async () => {
		if (code) await assert.rejects(verifyWebhook(h, b, secrets, time), { name: "WebhookError", code });
		else assert.deepEqual(await verifyWebhook(h, b, secrets, time), { test: 2432232314 });
	});
