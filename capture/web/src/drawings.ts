// The drawings, all of them made here: nothing is loaded.

import { s } from "./dom";

const strokes = {
	camera: [
		"M3 8.5A2.5 2.5 0 0 1 5.5 6h8A2.5 2.5 0 0 1 16 8.5v7a2.5 2.5 0 0 1-2.5 2.5h-8A2.5 2.5 0 0 1 3 15.5z",
		"M16 10.5l5-3v9l-5-3",
	],
	face: [
		"M12 3.2c4 0 6.6 3.4 6.6 8.3S15.8 20.8 12 20.8s-6.6-4.4-6.6-9.3S8 3.2 12 3.2z",
		"M9.3 10.4v.9",
		"M14.7 10.4v.9",
		"M9.4 15.2c1.5 1.4 3.7 1.4 5.2 0",
	],
	screen: ["M3 5.5h18v11H3z", "M12 16.5v3.5", "M8 20h8"],
	warning: ["M12 4.2 21 19.5H3z", "M12 10v4.5", "M12 16.9v.2"],
	down: ["M6 9.5l6 6 6-6"],
	check: ["M5 12.5l4.6 4.7L19 7.5"],
	again: ["M19.5 12a7.5 7.5 0 1 1-2.3-5.4", "M19.7 3.8v4.3h-4.3"],
	stop: ["M8 8l8 8", "M16 8l-8 8"],
	hand: [
		"M8 12.5V5.8a1.5 1.5 0 0 1 3 0V11",
		"M11 11V4.5a1.5 1.5 0 0 1 3 0V11",
		"M14 11V5.8a1.5 1.5 0 0 1 3 0v7.7c0 4.3-2 7-5.7 7-3.1 0-4.5-1.8-5.7-4.3L4 13.2a1.5 1.5 0 0 1 2.6-1.5L8 14",
	],
	people: [
		"M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
		"M2.5 20c.4-3.8 3-6 6.5-6s6.1 2.2 6.5 6",
		"M16 5a3.3 3.3 0 0 1 0 6.4",
		"M18 14.6c2 .8 3.2 2.7 3.5 5.4",
	],
	closer: [
		"M12 9V3.5",
		"M9.5 6 12 3.5 14.5 6",
		"M12 15v5.5",
		"M9.5 18l2.5 2.5 2.5-2.5",
		"M9 12H3.5",
		"M6 9.5 3.5 12 6 14.5",
		"M15 12h5.5",
		"M18 9.5l2.5 2.5-2.5 2.5",
	],
	back: [
		"M12 3.5V9",
		"M9.5 6.5 12 9l2.5-2.5",
		"M12 20.5V15",
		"M9.5 17.5 12 15l2.5 2.5",
		"M3.5 12H9",
		"M6.5 9.5 9 12l-2.5 2.5",
		"M20.5 12H15",
		"M17.5 9.5 15 12l2.5 2.5",
	],
	light: [
		"M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
		"M12 2.5v2",
		"M12 19.5v2",
		"M2.5 12h2",
		"M19.5 12h2",
		"M5.3 5.3l1.4 1.4",
		"M17.3 17.3l1.4 1.4",
		"M18.7 5.3l-1.4 1.4",
		"M6.7 17.3l-1.4 1.4",
	],
	cable: ["M5 12.6a10 10 0 0 1 14 0", "M8 15.8a5.7 5.7 0 0 1 8 0", "M2.2 9.2a14.2 14.2 0 0 1 19.6 0", "M12 19v.2"],
	shield: ["M12 3l7.5 2.8v5.4c0 4.8-3 8.1-7.5 9.8-4.5-1.7-7.5-5-7.5-9.8V5.8z", "M12 8.5v4.2", "M12 15.8v.2"],
	link: [
		"M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2",
		"M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2",
	],
	wait: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M12 7v5.2l3.3 2"],
} as const;

export type Icon = keyof typeof strokes;

export function icon(name: Icon): SVGElement {
	return s(
		"svg",
		{ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" },
		...strokes[name].map((d) => s("path", { d })),
	);
}

/** portrait is the picture of the first screen: a face in its oval, in the light of a screen. */
export function portrait(): SVGElement {
	return s(
		"svg",
		{ viewBox: "0 0 320 320", class: "portrait", "aria-hidden": "true" },
		s("rect", { class: "p-glow p-a", x: "20", y: "20", width: "140", height: "140" }),
		s("rect", { class: "p-glow p-b", x: "160", y: "20", width: "140", height: "140" }),
		s("rect", { class: "p-glow p-c", x: "20", y: "160", width: "140", height: "140" }),
		s("rect", { class: "p-glow p-d", x: "160", y: "160", width: "140", height: "140" }),
		s(
			"g",
			{ class: "p-inside" },
			s("path", { class: "p-body", d: "M62 320c3-52 38-78 98-78s95 26 98 78z" }),
			s("path", { class: "p-neck", d: "M134 208h52v32c0 15-11 25-26 25s-26-10-26-25z" }),
			s("ellipse", { class: "p-face", cx: "160", cy: "152", rx: "58", ry: "72" }),
			s("path", {
				class: "p-hair",
				d: "M98 156c-8-52 18-92 64-92 44 0 68 38 60 92-4-20-10-34-20-44-26 10-62 8-82-4-12 10-19 26-22 48z",
			}),
			s("path", { class: "p-line", d: "M136 146v8M184 146v8M160 150v20l-6 4M141 192c11 10 27 10 38 0" }),
		),
		s("ellipse", { class: "p-ring", cx: "160", cy: "156", rx: "92", ry: "116" }),
		s("path", {
			class: "p-corner",
			d: "M20 62V40a20 20 0 0 1 20-20h22M258 20h22a20 20 0 0 1 20 20v22M300 258v22a20 20 0 0 1-20 20h-22M62 300H40a20 20 0 0 1-20-20v-22",
		}),
	);
}
