/** A webhook that is not believed: its code is unsigned, signature or time. */
export class WebhookError extends Error {
	/** @param {"unsigned" | "signature" | "time"} code */
	constructor(code) {
		super(`the webhook is not believed: ${code}`);
		this.name = "WebhookError";
		this.code = code;
	}
}

/** How far a webhook's time may be from now, seconds. */
const tolerance = 300;

/**
 * verifyWebhook checks webhook-id, webhook-timestamp and webhook-signature
 * (standardwebhooks.com): HMAC-SHA256 over id.timestamp.body. body is as it
 * came, before it is read as JSON.
 * @type {typeof import("./index.d.ts").verifyWebhook}
 */
export async function verifyWebhook(headers, body, secrets, now = Date.now()) {
	const named = new Headers();
	for (const [name, value] of headers instanceof Headers ? headers : Object.entries(headers))
		if (value !== undefined) named.set(name, [value].flat().join(" "));
	const id = named.get("webhook-id");
	const stamp = named.get("webhook-timestamp");
	const list = named.get("webhook-signature");
	if (!id || !stamp || !list) throw new WebhookError("unsigned");
	const text = typeof body === "string" ? body : new TextDecoder().decode(body);
	const signed = new TextEncoder().encode(`${id}.${stamp}.${text}`);
	let good = false;
	for (const secret of [secrets].flat()) {
		if (secret === "" || secret === "whsec_") continue; // anybody has that key
		const key = await crypto.subtle.importKey("raw", keyOf(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
		for (const one of list.split(" ")) {
			const [version, signature = ""] = one.split(",");
			const got = bytes(signature);
			// verify compares in constant time.
			if (version === "v1" && got && (await crypto.subtle.verify("HMAC", key, got, signed))) good = true;
		}
	}
	if (!good) throw new WebhookError("signature");
	if (!(Math.abs(now / 1000 - Number(stamp)) <= tolerance)) throw new WebhookError("time");
	return JSON.parse(text);
}

/**
 * keyOf is the HMAC key of a secret: what is base64 behind whsec_, or its own bytes.
 * @param {string} secret
 */
function keyOf(secret) {
	const key = secret.startsWith("whsec_") ? bytes(secret.slice("whsec_".length)) : null;
	return key?.length ? key : new TextEncoder().encode(secret);
}

/** @param {string} base64 */
function bytes(base64) {
	try {
		return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
	} catch {
		return null;
	}
}
