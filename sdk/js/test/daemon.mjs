// The daemon that the tests ask, and the photographs that they send.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { rostod } from "../index.js";

export const baseUrl = must("ROSTOD_URL");
export const apiKey = must("ROSTOD_API_KEY");

/** @param {string} name */
function must(name) {
	const value = process.env[name];
	if (!value) throw new Error(`${name} is needed: go test ./daemon -run TestJavaScript sets it`);
	return value;
}

export const qe = rostod({ baseUrl, apiKey });

/** photo is a photograph in base64. */
export const photo = async (/** @type {string} */ name) => (await readFile(join(must("ROSTOD_FACES"), name))).toString("base64");
