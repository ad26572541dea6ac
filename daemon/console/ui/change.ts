// What a change of the risk tiers is: pure functions of values.

export const levels = ["low", "medium", "high"] as const;
export type Level = (typeof levels)[number];

export type Value = number | string;
export type Values = Record<string, Value>;

/** Overrides are an org's own values; what is not there has its default. */
export interface Overrides {
	low?: Values;
	medium?: Values;
	high?: Values;
	lockout?: Values;
	behaviour?: Values;
}

export interface Policy {
	version: number;
	tiers: Record<string, Values>;
	lockout: Values;
	behaviour: Values;
	overrides?: Overrides;
	changedAt?: string;
	changedBy?: string;
	note?: string;
}

/** Setting is one field: its limits, and in which direction it asks for more. */
export interface Setting {
	name: string;
	min: number;
	max: number;
	/** 1: a higher value asks for more; -1: a lower one does; 0: neither. */
	strict: 1 | -1 | 0;
	/** 0 is no limit at all, which asks for least. */
	zero?: true;
	whole?: boolean;
	words?: readonly string[];
}

export const tierSettings: readonly Setting[] = [
	{ name: "threshold", min: 0, max: 1, strict: 1 },
	{ name: "greyZone", min: 0, max: 0.5, strict: 0 },
	{ name: "livenessThreshold", min: 0, max: 1, strict: 1 },
	{ name: "spoofThreshold", min: 0, max: 1, strict: 1 },
	{ name: "assurance", min: 0, max: 0, strict: 1, words: ["low", "standard", "high"] },
	{ name: "referenceMaxAgeMinutes", min: 0, max: 52_560_000, strict: -1, zero: true, whole: true },
	{ name: "verificationMaxAgeMinutes", min: 0, max: 1440, strict: -1, whole: true },
];

export const lockSettings: readonly Setting[] = [
	{ name: "afterFailures", min: 0, max: 100, strict: -1, zero: true, whole: true },
	{ name: "firstMinutes", min: 1, max: 1440, strict: 1, whole: true },
	{ name: "factor", min: 1, max: 10, strict: 1 },
	{ name: "longestMinutes", min: 1, max: 43_200, strict: 1, whole: true },
];

export const faceSettings: readonly Setting[] = [
	{ name: "windowDays", min: 1, max: 30, strict: 1, whole: true },
	{ name: "identities", min: 1, max: 20, strict: -1, whole: true },
	{ name: "deviceMinutes", min: 5, max: 1440, strict: 1, whole: true },
	{ name: "atDevice", min: 1, max: 200, strict: -1, whole: true },
	{ name: "suspicions", min: 0, max: 2, strict: -1, whole: true },
];

export type Group = Level | "lockout" | "behaviour";
export const groups: readonly Group[] = [...levels, "lockout", "behaviour"];

export function settingsOf(group: Group): readonly Setting[] {
	if (group === "lockout") return lockSettings;
	return group === "behaviour" ? faceSettings : tierSettings;
}

export function valuesOf(policy: Policy, group: Group): Values {
	return (group === "lockout" || group === "behaviour" ? policy[group] : policy.tiers[group]) ?? {};
}

/** Change is one value that will be another. */
export interface Change {
	group: Group;
	setting: Setting;
	from: Value;
	to: Value;
	/** Whether the value will be the default, and not one's own. */
	byDefault: boolean;
	/** 1 when the new value asks for more than the one before, -1 for less. */
	asks: -1 | 0 | 1;
}

/** readValue is what somebody typed as a value; undefined when it is none, and null when nothing stands there. */
export function readValue(setting: Setting, typed: string): Value | null | undefined {
	const text = typed.trim();
	if (text === "") return null;
	if (setting.words) return setting.words.includes(text) ? text : undefined;
	if (!/^\d+([.,]\d+)?$/.test(text)) return undefined;
	const n = Number(text.replace(",", "."));
	if (n < setting.min || n > setting.max || (setting.whole && !Number.isInteger(n))) return undefined;
	return n;
}

function rank(setting: Setting, value: Value): number {
	if (setting.words) return setting.words.indexOf(String(value));
	const n = Number(value);
	if (n === 0 && setting.zero) return Number.NEGATIVE_INFINITY;
	return setting.strict < 0 ? -n : n;
}

/** changes are what another set of overrides makes of what holds now. */
export function changes(now: Policy, defaults: Policy, wanted: Overrides): Change[] {
	const list: Change[] = [];
	for (const group of groups)
		for (const setting of settingsOf(group)) {
			const own = wanted[group]?.[setting.name];
			const was = now.overrides?.[group]?.[setting.name];
			const from = valuesOf(now, group)[setting.name] ?? "";
			const to = own ?? valuesOf(defaults, group)[setting.name] ?? "";
			if (own === was) continue;
			const more = Math.sign(rank(setting, to) - rank(setting, from));
			list.push({
				group,
				setting,
				from,
				to,
				byDefault: own === undefined,
				asks: (setting.strict === 0 || from === to ? 0 : more) as Change["asks"],
			});
		}
	return list;
}

/** differences are what is not the same in two versions. */
export function differences(
	before: Policy,
	after: Policy,
): { group: Group; setting: Setting; from: Value; to: Value }[] {
	return groups.flatMap((group) =>
		settingsOf(group).flatMap((setting) => {
			const from = valuesOf(before, group)[setting.name] ?? "";
			const to = valuesOf(after, group)[setting.name] ?? "";
			return from === to ? [] : [{ group, setting, from, to }];
		}),
	);
}
