// Elements are built here, and never from text: a page whose policy is
// default-src 'self' has nothing to forbid.

type Child = Node | string | false | undefined;
type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

/** h makes an element. Attributes that are functions listen to the event of that name; false leaves one out. */
export function h<K extends keyof HTMLElementTagNameMap>(
	tag: K,
	attributes: Attributes = {},
	...children: Child[]
): HTMLElementTagNameMap[K] {
	const e = document.createElement(tag);
	fill(e, attributes, children);
	return e;
}

/** s makes an element of a drawing. */
export function s(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
	const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
	fill(e, attributes, children);
	return e;
}

function fill(e: Element, attributes: Attributes, children: Child[]): void {
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "function") e.addEventListener(name, value);
		else if (value === true) e.setAttribute(name, "");
		else if (value !== false) e.setAttribute(name, value);
	}
	for (const c of children) if (c) e.append(c);
}
