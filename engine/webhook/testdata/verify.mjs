import { createHmac, timingSafeEqual } from "node:crypto";

// verify says whether rostod sent this body within the last five minutes.
// secret is "whsec_…", headers have lower-case names, body is a Buffer: the
// bytes as they came, before any JSON parser.
export function verify(secret, headers, body, now = Date.now()) {
  const id = headers["webhook-id"], time = headers["webhook-timestamp"];
  if (!id || !/^\d+$/.test(time ?? "") || Math.abs(now / 1000 - Number(time)) > 300) return false;
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
  const want = createHmac("sha256", key).update(`${id}.${time}.`).update(body).digest();
  return (headers["webhook-signature"] ?? "").split(" ").some((one) => {
    const [version, text] = one.split(",");
    const got = Buffer.from(text ?? "", "base64");
    return version === "v1" && got.length === want.length && timingSafeEqual(got, want);
  });
}
