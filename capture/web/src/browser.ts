// What the element needs of a browser.

import elementCSS from "./style/element.css";
import screensCSS from "./style/screens.css";
import sizesCSS from "./style/sizes.css";
import stageCSS from "./style/stage.css";

/** dress styles the element by a sheet that no policy forbids. A browser that cannot do so is too old, and is told so in plain. */
export function dress(root: ShadowRoot, more = ""): void {
	try {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync([elementCSS, screensCSS, sizesCSS, stageCSS, more].join("\n"));
		root.adoptedStyleSheets = [sheet];
	} catch {
		return;
	}
}

/** supported says whether the browser has what a capture needs. The page says so before it asks for a camera. */
export function supported(): boolean {
	return (
		typeof RTCPeerConnection === "function" &&
		"addTransceiver" in RTCPeerConnection.prototype &&
		"setParameters" in RTCRtpSender.prototype &&
		typeof HTMLDialogElement === "function" &&
		CSS.supports("container-type", "size")
	);
}
