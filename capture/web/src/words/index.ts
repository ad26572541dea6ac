import { en, type Key, type Words } from "./en";
import { id } from "./id";
import { pt } from "./pt";

export type { Key, Words };

export type Language = "en" | "pt-BR" | "id";

const all: Record<Language, Words> = { en, "pt-BR": pt, id };

/** languageOf is the first of the wishes that is spoken here, else English. */
export function languageOf(wishes: readonly (string | null | undefined)[]): Language {
	for (const wish of wishes) {
		const main = wish?.toLowerCase().split(/[-_]/)[0];
		if (main === "pt") return "pt-BR";
		if (main === "id" || main === "in") return "id";
		if (main === "en") return "en";
	}
	return "en";
}

export function wordsIn(language: Language): Words {
	return all[language];
}

/** fill puts a number into a sentence. */
export function fill(sentence: string, n: number): string {
	return sentence.replace("{n}", String(n));
}

/** Hints of the daemon that have a sentence of their name, then those that say what another one says. */
const hints: ReadonlyMap<string, Key> = new Map<string, Key>([
	...(
		[
			"no_face",
			"several_faces",
			"closer",
			"back",
			"center",
			"more_light",
			"less_light",
			"hold_still",
			"face_forward",
			"low_bitrate",
			"low_frame_rate",
			"camera_locked",
			"display_unstable",
			"stream_gap",
			"slow_network",
		] as const
	).map((k) => [k, k] as const),
	["low_light", "more_light"],
	["low_light_response", "more_light"],
	["low_signal", "more_light"],
	["too_dark", "more_light"],
	["overexposed", "less_light"],
	["too_bright", "less_light"],
	["moved", "hold_still"],
	["motion", "hold_still"],
	["try_again", "retry"],
	["gap", "stream_gap"],
	["stream_lost", "stream_gap"],
	["camera_lost", "stopped_camera_lost"],
	["resized", "stopped_resized"],
	["hidden", "stopped_hidden"],
	["stalled", "stopped_stalled"],
	["fullscreen_lost", "stopped_fullscreen_lost"],
	["user", "stopped_user"],
]);

/** hintKey is the sentence for a hint of the daemon, or undefined when it is none that the page knows. */
export function hintKey(hint: string): Key | undefined {
	return hints.get(hint);
}
