// A bundle of the compatible profile: what a client of another maker sends. Its
// frames are a photograph, so that it is worth the lowest assurance.
import { createHmac } from "node:crypto";

/** canonical is RFC 8785 for what is in a bundle: ASCII names, whole numbers. */
function canonical(value) {
	if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
	if (value && typeof value === "object") {
		const names = Object.keys(value).sort();
		return `{${names.map((n) => `${JSON.stringify(n)}:${canonical(value[n])}`).join(",")}}`;
	}
	return JSON.stringify(value);
}

export function bundleOf(challenge, frames) {
	const bundle = {
		version: "1.0",
		sdkVersion: "sdk-test@1",
		platform: "web",
		frames,
		capturedAt: new Date().toISOString(),
		flashChallengeNonce: challenge.nonce,
	};
	return { ...bundle, signature: createHmac("sha256", challenge.hmacSecret).update(canonical(bundle)).digest("hex") };
}
