// The light of the colours, and what a page may show to anybody.
//
// The daemon's colours have nearly one luminance, so that the sequence holds
// no flash by the definitions of WCAG 2.3.1. The page checks that again, and
// the pace: it is the last to look before a person does.

import type { Slot, Tiles } from "./wire";

export type Light = readonly [number, number, number];

/** neutral is what is shown before, between and after the colours. */
export const neutral = "#919191";

export const neutralTiles: Tiles = [neutral, neutral, neutral, neutral];

export function linear(hex: string): Light {
	const part = (i: number): number => {
		const v = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
		return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
	};
	return [part(1), part(3), part(5)];
}

export function hex(light: Light): string {
	const part = (l: number): string => {
		const v = l <= 0.0031308 ? 12.92 * l : 1.055 * l ** (1 / 2.4) - 0.055;
		return Math.round(Math.min(1, Math.max(0, v)) * 255)
			.toString(16)
			.padStart(2, "0");
	};
	return "#" + light.map(part).join("");
}

/** mix is the colour at the share t of the way from a to b, in linear light. */
export function mix(a: string, b: string, t: number): string {
	const [ar, ag, ab] = linear(a);
	const [br, bg, bb] = linear(b);
	return hex([ar + (br - ar) * t, ag + (bg - ag) * t, ab + (bb - ab) * t]);
}

export function luminance([r, g, b]: Light): number {
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** A tenth of full white is a flash by WCAG 2.3.1; two tiles may each be half of that away from neutral. */
const mostAway = 0.05;

/** The share of red from which a colour counts as saturated red. */
const redFrom = 0.8;

/** No colour is shown for less: at most three changes in any second. */
const shortest = 334;

export function safeColour(colour: string): boolean {
	const l = linear(colour);
	const sum = l[0] + l[1] + l[2];
	return Math.abs(luminance(l) - luminance(linear(neutral))) <= mostAway && l[0] < redFrom * sum;
}

/** safe says whether a slot may be shown after the one before it. */
export function safe(slot: Slot, before: Slot | undefined): boolean {
	return slot.tiles.every(safeColour) && slot.ms >= shortest && (!before || slot.at - before.at >= shortest);
}
