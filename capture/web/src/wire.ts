// The messages of the capture protocol, version 1: docs/capture-protocol.md.

export const channelLabel = "rostod.capture.v1";

/** The longest message that either side sends. */
export const longest = 4096;

/** The colours of the four quarters as the customer sees the screen: top left, top right, bottom left, bottom right. */
export type Tiles = readonly [string, string, string, string];

export type Guide = { type: "guide"; state: "position" | "ready"; hint: string };
export type Arm = { type: "arm"; steps: number; leadMs: number };
export type Slot = { type: "slot"; i: number; tiles: Tiles; at: number; ms: number };
export type Done = { type: "done"; outcome: "captured" | "retry" | "other_way"; hint: string; bundle: string };
export type Fault = { type: "error"; code: string; hint: string };

export type FromDaemon =
	| { type: "ping"; n: number; at: number }
	| { type: "pong"; n: number; at: number; now: number }
	| Guide
	| Arm
	| Slot
	| { type: "finish" }
	| Done
	| Fault;

export type AbortReason = "user" | "hidden" | "resized" | "fullscreen_lost" | "camera_lost";

export type CameraReport = { label: string; settings: Record<string, unknown> };

export type ScreenReport = { w: number; h: number; dpr: number; refreshHz: number };

export type ToDaemon =
	| { type: "hello"; v: 1; client: string; locale: string; screen: ScreenReport; camera: CameraReport }
	| { type: "ping"; n: number; at: number }
	| { type: "pong"; n: number; at: number; now: number }
	| { type: "start"; camera: CameraReport; screen: ScreenReport }
	| { type: "shown"; i: number; at: number; next: number; missed: number; camera?: CameraReport }
	| { type: "abort"; reason: AbortReason };

/** read understands one message, or answers undefined: an unknown message ends the session. Unknown fields are ignored. */
export function read(text: unknown): FromDaemon | undefined {
	if (typeof text !== "string" || text.length > longest) return undefined;
	let said: unknown;
	try {
		said = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (!isRecord(said)) return undefined;
	switch (said["type"]) {
		case "ping":
			return shape({ type: "ping", n: number(said["n"]), at: number(said["at"]) });
		case "pong":
			return shape({ type: "pong", n: number(said["n"]), at: number(said["at"]), now: number(said["now"]) });
		case "guide":
			return shape({ type: "guide", state: one(said["state"], "position", "ready"), hint: words(said["hint"]) });
		case "arm":
			return shape({ type: "arm", steps: count(said["steps"]), leadMs: number(said["leadMs"]) });
		case "slot":
			return shape({
				type: "slot",
				i: count(said["i"]),
				tiles: tiles(said["tiles"]),
				at: number(said["at"]),
				ms: number(said["ms"]),
			});
		case "finish":
			return { type: "finish" };
		case "done":
			return done(said);
		case "error":
			return shape({ type: "error", code: words(said["code"]), hint: words(said["hint"]) });
		default:
			return undefined;
	}
}

function done(said: Record<string, unknown>): Done | undefined {
	const d = shape({
		type: "done" as const,
		outcome: one(said["outcome"], "captured", "retry", "other_way"),
		hint: words(said["hint"]),
		bundle: words(said["bundle"]),
	});
	return d?.outcome === "captured" && d.bundle === "" ? undefined : d;
}

type Whole<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** shape is the message when no member of it is missing. */
function shape<T extends object>(parts: T): Whole<T> | undefined {
	for (const part of Object.values(parts)) if (part === undefined) return undefined;
	return parts as Whole<T>;
}

function isRecord(v: unknown): v is Record<string, unknown> {
	return typeof v === "object" && v !== null && !Array.isArray(v);
}

function number(v: unknown): number | undefined {
	return typeof v === "number" && Number.isFinite(v) ? v : undefined;
}

function count(v: unknown): number | undefined {
	return typeof v === "number" && Number.isInteger(v) && v >= 0 ? v : undefined;
}

/** words is a text that may be left out. */
function words(v: unknown): string | undefined {
	if (v === undefined || v === null) return "";
	return typeof v === "string" ? v : undefined;
}

function one<T extends string>(v: unknown, ...of: T[]): T | undefined {
	return of.find((x) => x === v);
}

function tiles(v: unknown): Tiles | undefined {
	if (!Array.isArray(v) || v.length !== 4) return undefined;
	const [a, b, c, d] = v.map((x) => (typeof x === "string" && /^#[0-9a-f]{6}$/i.test(x) ? x.toLowerCase() : undefined));
	return a && b && c && d ? [a, b, c, d] : undefined;
}
