// rostod-capture.js: importing it defines the element.

import { RostodCapture } from "./element";

if (!customElements.get("rostod-capture")) customElements.define("rostod-capture", RostodCapture);

declare global {
	interface HTMLElementTagNameMap {
		"rostod-capture": RostodCapture;
	}
}

export type { Problem } from "./problems";
export type { OtherWay, Renewed, State } from "./states";
export { RostodCapture };
