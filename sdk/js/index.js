// The SDK: what a back end asks with its API key, and what a page does to
// capture a face. A page should import "rostod/capture" alone.
export { CaptureError, capture } from "./capture.js";
export { rostod } from "./client.js";
export { RostodError } from "./errors.js";
export { WebhookError, verifyWebhook } from "./webhook.js";
