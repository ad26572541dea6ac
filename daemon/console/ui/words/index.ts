import { type Language, languageOf } from "../../../../capture/web/src/words";
import { en, type Key, type Words } from "./en";
import { id } from "./id";
import { pt } from "./pt";

export type { Key, Language };

const all: Record<Language, Words> = { en, "pt-BR": pt, id };

/** The languages, each by its own name. */
export const languages: [Language, string][] = [
	["pt-BR", "Português"],
	["id", "Bahasa Indonesia"],
	["en", "English"],
];

let spoken: Language = languageOf([remembered(), ...navigator.languages]);

function remembered(): string | null {
	try {
		return localStorage.getItem("rostod-language");
	} catch {
		return null; // a browser that keeps nothing asks again
	}
}

export function language(): Language {
	return spoken;
}

export function speak(l: Language): void {
	spoken = l;
	try {
		localStorage.setItem("rostod-language", l);
	} catch {
		// it is spoken until the page is left
	}
}

/** t is a sentence, with what belongs between its braces. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
	return all[spoken][key].replace(/\{(\w+)\}/g, (whole, name) => {
		const v = values[name];
		return typeof v === "number" ? number(v) : (v ?? whole);
	});
}

/** word is what a value of a closed list is called, or the value itself. */
export function word(prefix: string, value: string | undefined): string {
	if (!value) return "–";
	const key = `${prefix}${value}`;
	return key in en ? t(key as Key) : value;
}

export function number(n: number, digits = 0): string {
	return n.toLocaleString(spoken, { minimumFractionDigits: digits, maximumFractionDigits: digits || 4 });
}

/** moment is a time to the second, with its place in the world. */
export function moment(at: string | undefined): string {
	if (!at) return t("never");
	return new Date(at).toLocaleString(spoken, {
		year: "numeric",
		month: "short",
		day: "2-digit",
		hour: "2-digit",
		minute: "2-digit",
		second: "2-digit",
		timeZoneName: "short",
	});
}

/** brief is a moment where many stand one under the other. */
export function brief(at: string): string {
	return new Date(at).toLocaleString(spoken, { dateStyle: "short", timeStyle: "medium" });
}

export function clock(at: Date): string {
	return at.toLocaleTimeString(spoken);
}

/** lasting is a length of time by its two largest units. */
export function lasting(seconds: number): string {
	const s = Math.max(0, Math.floor(seconds));
	const parts: [number, string][] = [
		[Math.floor(s / 86_400), "day"],
		[Math.floor(s / 3600) % 24, "hour"],
		[Math.floor(s / 60) % 60, "minute"],
		[s % 60, "second"],
	];
	const first = parts.findIndex(([n]) => n > 0);
	if (first < 0) return unit(0, "second");
	return parts
		.slice(first, first + 2)
		.filter(([n]) => n > 0)
		.map(([n, name]) => unit(n, name))
		.join(" ");
}

function unit(n: number, name: string): string {
	return n.toLocaleString(spoken, { style: "unit", unit: name, unitDisplay: "long" });
}

export function since(at: string, now: Date): string {
	return lasting((now.getTime() - Date.parse(at)) / 1000);
}

export function bytes(n: number): string {
	const [unitName, size] = n >= 1e9 ? (["gigabyte", 1e9] as const) : (["megabyte", 1e6] as const);
	return (n / size).toLocaleString(spoken, { style: "unit", unit: unitName, maximumFractionDigits: 1 });
}
