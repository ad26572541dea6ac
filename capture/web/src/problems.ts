// What can go wrong, and what the customer can do about each.

import type { CameraTrouble } from "./camera";
import type { Icon } from "./drawings";
import type { SessionProblem } from "./session";

/** Everything that can go wrong, by the name that `rostod-error` gives it. */
export type Problem = CameraTrouble | SessionProblem | "foreign";

/** Problems that a new try with the same challenge may solve, and those that no new try solves. */
export const sameAgain: ReadonlySet<Problem> = new Set<Problem>([
	"no_camera",
	"denied",
	"in_use",
	"slow_camera",
	"network",
	"busy",
]);
export const never: ReadonlySet<Problem> = new Set<Problem>(["insecure", "old_browser", "foreign", "unknown", "token"]);

export const drawings: Readonly<Partial<Record<Problem, Icon>>> = {
	no_camera: "camera",
	denied: "camera",
	in_use: "camera",
	slow_camera: "camera",
	insecure: "shield",
	old_browser: "screen",
	network: "cable",
	link_lost: "cable",
	busy: "people",
	expired: "wait",
	used: "link",
	unknown: "link",
	token: "link",
	foreign: "shield",
};
