var ve=`/* All of it is inside the element. Sizes follow the element, not the window:
   the unit of everything is the text, and the text grows with the element. */

:host {
	--accent: var(--rostod-accent, #0b4f8a);
	--accent-strong: var(--rostod-accent-strong, #083c6a);
	--on-accent: var(--rostod-on-accent, #ffffff);
	--ink: var(--rostod-ink, #14212e);
	--ink-soft: var(--rostod-ink-soft, #46566a);
	--paper: var(--rostod-paper, #ffffff);
	--ground: var(--rostod-ground, #f2f5f9);
	--line: var(--rostod-line, #8393a5);
	--hairline: var(--rostod-hairline, #dbe2ea);
	--good: var(--rostod-good, #0a6b41);
	--good-soft: var(--rostod-good-soft, #e3f4eb);
	--warn: var(--rostod-warn, #8a4b00);
	--warn-soft: var(--rostod-warn-soft, #fff4de);
	--warn-line: var(--rostod-warn-line, #e9b44c);
	--round: var(--rostod-radius, 0.8em);
	--lift: 0 0.1em 0.25em rgb(20 33 46 / 8%), 0 1em 2.6em rgb(20 33 46 / 9%);

	display: block;
	inline-size: 100%;
	block-size: min(100dvh, 60rem);
	container-type: size;
	color-scheme: only light;
	-webkit-tap-highlight-color: transparent;
}

:host([hidden]) {
	display: none;
}

:host(:fullscreen) {
	block-size: 100%;
	background: var(--ground);
}

*,
*::before,
*::after {
	box-sizing: border-box;
}

.choice[hidden],
.steps[hidden] {
	display: none;
}

.frame {
	block-size: 100%;
	display: flex;
	flex-direction: column;
	gap: 1em;
	padding: clamp(0.9rem, 3cqmin, 3em);
	background: var(--ground);
	color: var(--ink);
	font-family: var(
		--rostod-font,
		system-ui,
		-apple-system,
		"Segoe UI",
		Roboto,
		"Noto Sans",
		"Liberation Sans",
		Arial,
		sans-serif
	);
	font-size: clamp(16px, max(min(1.45cqi, 2.3cqb), min(2.3cqi, 1.35cqb)), 52px);
	line-height: 1.45;
	overflow: auto;
}

.top {
	display: grid;
	grid-template-columns: 1fr auto 1fr;
	align-items: center;
	gap: 1em;
	min-block-size: 1em;
	flex: none;
}

.top slot {
	display: block;
	justify-self: start;
}

.steps {
	grid-column: 2;
	display: flex;
	gap: 0.4em;
}

.steps i {
	inline-size: 2.6em;
	block-size: 0.34em;
	border-radius: 1em;
	background: color-mix(in srgb, var(--accent) 22%, var(--ground));
}

.steps[data-step="1"] i:nth-child(-n + 1),
.steps[data-step="2"] i:nth-child(-n + 2),
.steps[data-step="3"] i:nth-child(-n + 3) {
	background: var(--accent);
}

.body {
	flex: 1;
	min-block-size: 0;
	display: grid;
}

.aloud {
	position: absolute;
	inline-size: 1px;
	block-size: 1px;
	overflow: hidden;
	clip-path: inset(50%);
	white-space: nowrap;
}

.screen {
	outline: none;
	min-block-size: 0;
	display: grid;
	gap: clamp(1em, 4cqi, 4em);
	align-items: center;
	justify-content: center;
}

.column {
	display: flex;
	flex-direction: column;
	gap: 1em;
	max-inline-size: 34em;
}

h2 {
	margin: 0;
	font-size: 1.75em;
	line-height: 1.15;
	font-weight: 650;
	letter-spacing: -0.015em;
	text-wrap: balance;
}

p {
	margin: 0;
	text-wrap: pretty;
}

.text {
	color: var(--ink-soft);
}

.icon {
	inline-size: 1.5em;
	block-size: 1.5em;
	flex: none;
	fill: none;
	stroke: currentcolor;
	stroke-width: 1.8;
	stroke-linecap: round;
	stroke-linejoin: round;
}

/* Buttons: two ways, one size. */

.actions {
	display: grid;
	grid-auto-flow: column;
	grid-auto-columns: minmax(0, 1fr);
	gap: 0.8em;
	margin-block-start: 0.4em;
}

button,
select {
	font: inherit;
	border-radius: var(--round);
	min-block-size: max(3.1em, 48px);
	cursor: pointer;
}

button {
	font-weight: 600;
	line-height: 1.2;
	padding: 0.5em 1em;
	border: 0.125em solid var(--accent);
	background: var(--paper);
	color: var(--accent);
	touch-action: manipulation;
}

button.primary {
	background: var(--accent);
	color: var(--on-accent);
}

button.primary:hover {
	background: var(--accent-strong);
}

button.secondary:hover {
	background: color-mix(in srgb, var(--accent) 8%, var(--paper));
}

button[aria-disabled="true"] {
	cursor: default;
	border-color: var(--hairline);
	background: var(--hairline);
	color: var(--ink-soft);
}

:focus-visible {
	outline: 0.2em solid color-mix(in srgb, var(--accent) 60%, white);
	outline-offset: 0.2em;
}

.screen:focus-visible {
	outline: none;
}
`;var Te=`/* The first screen. */

.intro,
.message {
	background: var(--paper);
	border-radius: calc(var(--round) * 1.6);
	box-shadow: var(--lift);
}

.intro {
	grid-template-columns: minmax(0, 0.85fr) minmax(0, 1.15fr);
	gap: 0;
	align-items: stretch;
	max-inline-size: 62em;
	margin: auto;
	overflow: hidden;
}

.intro .picture {
	display: grid;
	place-items: center;
	padding: 2em;
	background: linear-gradient(
		160deg,
		color-mix(in srgb, var(--accent) 5%, var(--paper)),
		color-mix(in srgb, var(--accent) 17%, var(--paper))
	);
}

.intro .column {
	padding: 2.2em 2.4em;
	justify-content: center;
}

.portrait {
	inline-size: min(100%, 22em);
	block-size: auto;
}

.how {
	display: flex;
	gap: 0.6em 1.4em;
	flex-direction: column;
	margin: 0;
	padding: 0;
	list-style: none;
	font-weight: 550;
}

.how li {
	display: flex;
	gap: 0.8em;
	align-items: center;
}

.badge {
	display: grid;
	place-items: center;
	inline-size: 2.3em;
	block-size: 2.3em;
	border-radius: 50%;
	background: color-mix(in srgb, var(--accent) 12%, var(--paper));
	color: var(--accent);
	flex: none;
}

.badge .icon {
	inline-size: 1.35em;
	block-size: 1.35em;
}

.caution {
	display: flex;
	gap: 0.8em;
	padding: 0.9em 1em;
	border-radius: var(--round);
	border: 1px solid var(--warn-line);
	background: var(--warn-soft);
}

.caution .icon {
	color: var(--warn);
}

.caution p {
	margin-block-start: 0.25em;
	font-size: 0.94em;
}

.caution .advice {
	font-weight: 600;
}

/* The camera. */

.guide {
	grid-template-columns: minmax(0, 1fr) minmax(15em, 24em);
	inline-size: 100%;
	max-inline-size: min(92em, 205cqb);
	margin: auto;
	block-size: 100%;
}

.guide .picture {
	block-size: 100%;
	display: grid;
	place-items: center;
	container-type: size;
}

.preview {
	position: relative;
	overflow: hidden;
	border-radius: calc(var(--round) * 1.4);
	background: #dfe5ec;
	block-size: min(100cqb, 133cqi);
	inline-size: min(100cqi, 133.3cqb);
	box-shadow: var(--lift);
}

video {
	position: absolute;
	inset: 0;
	inline-size: 100%;
	block-size: 100%;
	object-fit: cover;
	transform: scaleX(-1);
}

.oval {
	position: absolute;
	inset-block-start: 46%;
	inset-inline-start: 50%;
	block-size: 74%;
	aspect-ratio: 78 / 102;
	translate: -50% -50%;
}

.oval svg {
	position: absolute;
	inset: 0;
	inline-size: 100%;
	block-size: 100%;
	overflow: visible;
	fill: none;
	stroke-linecap: round;
}

.dim {
	fill: color-mix(in srgb, var(--ground) 62%, transparent);
	fill-rule: evenodd;
}

.edge {
	stroke: rgb(20 33 46 / 35%);
	stroke-width: 1.6;
}

.ring {
	stroke: #fff;
	stroke-width: 1.2;
	stroke-dasharray: 2.2 3.1;
}

[data-phase="position"] .ring {
	stroke: var(--warn-line);
	stroke-dasharray: none;
}

[data-phase="ready"] .ring {
	stroke: var(--good);
	stroke-dasharray: none;
	stroke-width: 1.6;
}

.hint {
	position: absolute;
	inset-inline: 1em;
	inset-block-end: 0.9em;
	inline-size: fit-content;
	max-inline-size: calc(100% - 2em);
	margin-inline: auto;
	display: flex;
	gap: 0.6em;
	align-items: center;
	padding: 0.55em 1.15em 0.55em 0.85em;
	border-radius: 2em;
	background: var(--paper);
	color: var(--ink);
	font-size: 1.15em;
	font-weight: 600;
	line-height: 1.25;
	box-shadow: 0 0.15em 0.8em rgb(20 33 46 / 25%);
}

.hint .icon {
	color: var(--warn);
}

[data-phase="connecting"] .hint .icon {
	color: var(--ink-soft);
}

[data-phase="ready"] .hint {
	background: var(--good);
	color: #fff;
}

[data-phase="ready"] .hint .icon {
	color: #fff;
}

.guide .actions {
	grid-auto-flow: row;
}

.guide .text {
	min-block-size: 4.4em;
}

.choice {
	display: grid;
	gap: 0.3em;
}

.choice label {
	font-size: 0.9em;
	font-weight: 600;
}

.select {
	position: relative;
}

.select .icon {
	position: absolute;
	inset-inline-end: 0.8em;
	inset-block: 0;
	inline-size: 1.2em;
	block-size: 1.2em;
	margin-block: auto;
	pointer-events: none;
}

select {
	appearance: none;
	inline-size: 100%;
	min-block-size: max(2.7em, 44px);
	padding: 0 2.4em 0 0.9em;
	border: 1px solid var(--line);
	background: var(--paper);
	color: var(--ink);
	text-overflow: ellipsis;
}

/* Outcomes, problems, waits. */

.message {
	grid-template-columns: minmax(0, 1fr);
	align-content: center;
	justify-items: center;
	text-align: center;
	gap: 0.9em;
	inline-size: min(100%, 34em);
	padding: 2.6em 2.4em;
	margin: auto;
}

.message .actions {
	inline-size: 100%;
	margin-block-start: 1.2em;
}

.seal {
	display: grid;
	place-items: center;
	inline-size: 5em;
	block-size: 5em;
	margin-block-end: 0.4em;
	border-radius: 50%;
	background: color-mix(in srgb, var(--accent) 12%, var(--paper));
	color: var(--accent);
}

.seal .icon {
	inline-size: 2.6em;
	block-size: 2.6em;
}

.good .seal {
	background: var(--good-soft);
	color: var(--good);
}

.stop .seal {
	background: var(--warn-soft);
	color: var(--warn);
}

.wait .seal {
	position: relative;
}

.wait .seal::after {
	content: "";
	position: absolute;
	inset: -0.35em;
	border-radius: 50%;
	border: 0.22em solid transparent;
	border-block-start-color: var(--accent);
	animation: turn 1.4s linear infinite;
}

@keyframes turn {
	to {
		rotate: 1turn;
	}
}

@media (prefers-reduced-motion: reduce) {
	.wait .seal::after {
		animation: none;
		border-color: color-mix(in srgb, var(--accent) 35%, transparent);
	}
}

/* The drawing of the first screen. */

.p-glow {
	opacity: 0.55;
}
.p-a {
	fill: #e9cdf2;
}
.p-b {
	fill: #cfe5fb;
}
.p-c {
	fill: #f8e3c4;
}
.p-d {
	fill: #cdeed3;
}
.p-body {
	fill: var(--accent);
}
.p-neck {
	fill: #d9a883;
}
.p-face {
	fill: #eebd98;
}
.p-hair {
	fill: #3a2a24;
}
.p-line {
	fill: none;
	stroke: #6b4531;
	stroke-width: 4;
	stroke-linecap: round;
	stroke-linejoin: round;
}
.p-ring {
	fill: none;
	stroke: var(--good);
	stroke-width: 5;
}
.p-corner {
	fill: none;
	stroke: var(--accent);
	stroke-width: 5;
	stroke-linecap: round;
}
`;var xe=`/* Narrow or tall. */

@container (max-aspect-ratio: 1 / 1) {
	.intro,
	.guide {
		grid-template-columns: minmax(0, 1fr);
	}

	.intro {
		max-inline-size: 34em;
	}

	.intro .picture {
		padding: 1.6em;
	}

	.portrait {
		inline-size: min(60cqi, 30cqb, 20em);
	}

	.guide {
		grid-template-rows: minmax(0, 1fr) auto;
		justify-items: center;
		gap: 1.6em;
	}

	.guide .picture {
		inline-size: 100%;
	}

	.guide .column {
		inline-size: 100%;
		text-align: center;
	}

	.guide .text {
		min-block-size: 2.9em;
	}

	.guide .choice {
		text-align: start;
	}
}

@container (max-width: 32em) {
	.actions {
		grid-auto-flow: row;
		gap: 0.6em;
	}

	/* What one may choose stays in sight while the words scroll. */
	.intro {
		overflow: visible;
	}

	.intro .actions {
		position: sticky;
		inset-block-end: -1rem;
		padding-block: 0.6em 1rem;
		background: var(--paper);
	}

	.intro .column,
	.message {
		padding: 1.4em 1.2em;
	}

	.intro .picture {
		padding: 1em;
	}

	.portrait {
		inline-size: min(46cqi, 20cqb);
	}
}

@container (max-width: 32em) and (max-height: 64em) {
	.intro .picture {
		display: none;
	}
}

/* Low: the drawing goes, the words stay. */

@container (max-height: 34em) and (min-aspect-ratio: 1 / 1) {
	.frame {
		gap: 0.6em;
		padding: 0.7em 1em;
	}

	.intro {
		grid-template-columns: minmax(0, 1fr);
	}

	.intro .picture {
		display: none;
	}

	.intro .column {
		gap: 0.6em;
		max-inline-size: 47em;
		padding: 1em 1.4em;
	}

	.intro h2,
	.guide h2 {
		font-size: 1.4em;
	}

	.how {
		flex-direction: row;
		justify-content: space-between;
		font-size: 0.94em;
	}

	.how li {
		gap: 0.5em;
		line-height: 1.2;
	}

	.badge {
		inline-size: 1.9em;
		block-size: 1.9em;
	}

	.caution {
		padding: 0.6em 0.9em;
		line-height: 1.35;
	}

	.message {
		padding: 1.4em 2em;
		gap: 0.6em;
	}

	.seal {
		inline-size: 4em;
		block-size: 4em;
		margin-block-end: 0;
	}

	.message .actions {
		margin-block-start: 0.6em;
	}

	.guide {
		gap: 1.2em;
		grid-template-columns: minmax(0, 1fr) minmax(13em, 17em);
	}

	.guide .column {
		gap: 0.7em;
	}

	.guide .actions {
		gap: 0.6em;
	}
}
`;var Se=`/* The stage: opaque, four tiles, and a mark of the same luminance. */

.stage {
	position: fixed;
	inset: 0;
	inline-size: 100dvw;
	block-size: 100dvh;
	max-inline-size: none;
	max-block-size: none;
	margin: 0;
	padding: 0;
	border: 0;
	outline: none;
	overflow: hidden;
	background: #919191;
	color-scheme: only light;
	forced-color-adjust: none;
	cursor: none;
	user-select: none;
	touch-action: none;
}

.stage::backdrop {
	background: transparent;
}

/* Nothing is drawn under it: the frames of the display belong to the colours. */
.stage.full + .frame {
	visibility: hidden;
}

.tile {
	position: absolute;
	background: #919191;
	forced-color-adjust: none;
}

.tl {
	inset: 0 50% 50% 0;
}
.tr {
	inset: 0 0 50% 50%;
}
.bl {
	inset: 50% 50% 0 0;
}
.br {
	inset: 50% 0 0 50%;
}

.mark {
	position: absolute;
	inset: 0;
	display: grid;
	align-content: center;
	justify-items: center;
	gap: 3vmin;
	color: #919191;
	font-family: var(
		--rostod-font,
		system-ui,
		-apple-system,
		"Segoe UI",
		Roboto,
		"Noto Sans",
		"Liberation Sans",
		Arial,
		sans-serif
	);
}

.mark-oval {
	block-size: 44vmin;
	fill: none;
	stroke: #919191;
	stroke-width: 0.8;
	overflow: visible;
}

.mark-edge {
	stroke: #6a6a6a;
	stroke-width: 1.1;
}

.mark-text {
	font-size: 4.4vmin;
	font-weight: 650;
	color: #919191;
	/* Neutral on neutral is not seen: a hairline stands around letters and oval,
	   and stays the same through all colours. */
	paint-order: stroke;
	-webkit-text-stroke: 0.08em #6a6a6a;
}
`;function $(a,e=""){try{let t=new CSSStyleSheet;t.replaceSync([ve,Te,xe,Se,e].join(`
`)),a.adoptedStyleSheets=[t]}catch{return}}function Y(){return typeof RTCPeerConnection=="function"&&"addTransceiver"in RTCPeerConnection.prototype&&"setParameters"in RTCRtpSender.prototype&&typeof HTMLDialogElement=="function"&&CSS.supports("container-type","size")}var k=class extends Error{constructor(t){super(t);this.trouble=t}trouble},Pe="rostod.camera";function ut(a,e){return{width:{ideal:640},height:{ideal:480},frameRate:{ideal:30,min:e},...a?{deviceId:{ideal:a}}:{facingMode:"user"},resizeMode:"none",backgroundBlur:!1,faceFraming:!1,eyeGazeCorrection:!1}}var E=class a{track;stream;#e;constructor(e,t,n){this.stream=e,this.track=t,this.#e=n,t.contentHint="motion"}static async open(e=ht()){if(!window.isSecureContext)throw new k("insecure");if(!navigator.mediaDevices?.getUserMedia)throw new k("old_browser");for(let t of[24,15]){let n=ut(e,t);try{let i=await navigator.mediaDevices.getUserMedia({video:n,audio:!1}),o=i.getVideoTracks()[0];if(!o)throw new k("no_camera");let s=new a(i,o,n);return await s.#t(),s}catch(i){if(!(i instanceof DOMException&&i.name==="OverconstrainedError")||t===15)throw mt(i)}}throw new k("slow_camera")}static async choices(){try{return(await navigator.mediaDevices.enumerateDevices()).filter(t=>t.kind==="videoinput"&&t.deviceId).map(t=>({id:t.deviceId,label:t.label}))}catch{return[]}}get id(){return this.track.getSettings().deviceId??""}remember(){try{localStorage.setItem(Pe,this.id)}catch{}}report(){let e={};for(let[t,n]of Object.entries(this.track.getSettings()))t!=="deviceId"&&t!=="groupId"&&(e[t]=n);return{label:this.track.label.slice(0,120),settings:e}}async lock(){let e=this.track.getCapabilities?.()??{},t=this.track.getSettings(),n={};if(e.exposureMode?.includes("manual")&&t.exposureTime!==void 0&&Object.assign(n,{exposureMode:"manual",exposureTime:t.exposureTime}),e.whiteBalanceMode?.includes("manual")&&t.colorTemperature!==void 0&&Object.assign(n,{whiteBalanceMode:"manual",colorTemperature:t.colorTemperature}),e.focusMode?.includes("manual")&&t.focusDistance!==void 0&&Object.assign(n,{focusMode:"manual",focusDistance:t.focusDistance}),Object.keys(n).length!==0)try{await this.track.applyConstraints({...this.#e,advanced:[n]})}catch{}}stop(){for(let e of this.stream.getTracks())e.stop()}async#t(){if((this.track.getSettings().width??0)<=800)return;let e={...this.#e,resizeMode:"crop-and-scale"};try{await this.track.applyConstraints(e),this.#e=e}catch{}}};function ht(){try{return localStorage.getItem(Pe)??""}catch{return""}}function mt(a){if(a instanceof k)return a;switch(a instanceof DOMException?a.name:""){case"NotAllowedError":case"SecurityError":return new k("denied");case"NotReadableError":case"AbortError":return new k("in_use");case"OverconstrainedError":return new k("slow_camera");default:return new k("no_camera")}}function h(){return performance.timeOrigin+performance.now()}function he(a){return performance.timeOrigin+a}function w(a){return new Promise(e=>setTimeout(e,a))}function K(){return new Promise(a=>requestAnimationFrame(a))}async function _e(a=24){let e=[],t=w(1e3).then(()=>{}),n=await Promise.race([K(),t]);for(;n!==void 0&&e.length<a;){let o=await Promise.race([K(),t]);if(o===void 0)break;o>n&&e.push(o-n),n=o}e.sort((o,s)=>o-s);let i=e[e.length>>1];return i!==void 0&&e.length>=8?Math.min(100,Math.max(4,i)):1e3/60}function r(a,e={},...t){let n=document.createElement(a);return Me(n,e,t),n}function l(a,e={},...t){let n=document.createElementNS("http://www.w3.org/2000/svg",a);return Me(n,e,t),n}function Me(a,e,t){for(let[n,i]of Object.entries(e))typeof i=="function"?a.addEventListener(n,i):i===!0?a.setAttribute(n,""):i!==!1&&a.setAttribute(n,i);for(let n of t)n&&a.append(n)}var pt=1500,Q=class{element=r("div",{class:"aloud","aria-live":"polite","aria-atomic":"true"});#e=0;#t;say(e){clearTimeout(this.#t),this.#e=h(),this.element.textContent=e}mention(e){clearTimeout(this.#t),this.#t=setTimeout(()=>this.say(e),Math.max(0,this.#e+pt-h()))}hush(){clearTimeout(this.#t)}};var Ae={region:"Face check",step:"Step {n} of 3",introTitle:"Confirm it’s you",introLead:"The camera will check that a real person is in front of the screen. It takes less than a minute.",introFirst:"Turn on the camera",introSecond:"Fit your face in the oval",introThird:"Look at the screen for six seconds",cautionTitle:"The screen will change colour",caution:"For about six seconds the whole screen changes between a few colours. If changing colours or lights can make you unwell, for example with photosensitive epilepsy or migraine, please use another way. It makes no difference to your request.",cautionLeave:"For about six seconds the whole screen changes between a few colours. If changing colours or lights can make you unwell, for example with photosensitive epilepsy or migraine, please choose “Cancel” and tell the staff.",reduced:"This device is set to show less motion, so we suggest another way.",reducedLeave:"This device is set to show less motion, so we suggest not to go on.",noflashTitle:"This check has no colours",noflash:"The check with colours was switched off for this request, and the screen will not change. Please go on another way.",noflashLeave:"The check with colours was switched off for this request, and the screen will not change. Please choose “Cancel” and tell the staff.",go:"Continue",goAnyway:"Continue with colours",other:"Use another way",leave:"Cancel",askingTitle:"Please allow the camera",asking:"Your browser is asking if this page may use the camera. Choose “Allow”.",connectingTitle:"Getting ready",connecting:"Connecting the camera…",guideTitle:"Fit your face in the oval",guide:"Take off sunglasses or a mask, and look straight at the screen.",readyTitle:"That’s perfect",ready:"Press Start, then keep still for six seconds. Any key or touch stops it.",start:"Start",cooling:"One moment, please",camera:"Camera",cameraNumber:"Camera {n}",preview:"Your camera picture, mirrored",hint:"Look straight at the screen",hintReady:"Perfect, stay like this",no_face:"Move your face into the oval",several_faces:"Only one person, please",closer:"Come a little closer",back:"Move back a little",center:"Move to the middle of the oval",more_light:"We need more light on your face",less_light:"It is too bright: turn away from the window or lamp",hold_still:"Keep still",face_forward:"Face the screen",low_bitrate:"Improving the picture, one moment",low_frame_rate:"The camera sends too few pictures: more light helps",camera_locked:"Adjusting the camera, one moment",display_unstable:"Close other programs, so that the screen runs smoothly",stream_gap:"The camera picture was interrupted",slow_network:"The connection is slow: check the network, then try again",stageLabel:"The colours begin. Face forward and keep still for six seconds. Any key stops them.",stageText:"Keep still",announceEnd:"The colours are over.",checkingTitle:"One moment",checking:"We are checking the picture…",capturedTitle:"Thank you",captured:"This part is done. You can look away now.",retryTitle:"Let’s try once more",retry:"The picture was not clear enough.",again:"Try again",renewing:"Preparing a new try…",stoppedTitle:"Stopped",stopped_user:"The colours were stopped because a key or the screen was touched.",stopped_hidden:"The page was left while the colours were shown. Please stay on this page.",stopped_stalled:"The screen stood still for a moment while the colours were shown. It is not your fault.",stopped_resized:"The window changed its size while the colours were shown. Please leave it as it is.",stopped_fullscreen_lost:"Full screen was left while the colours were shown. Please stay in full screen.",stopped_camera_lost:"The camera stopped. Check that it is connected, then try again.",otherTitle:"Let’s do this another way",otherText:"Please ask a member of staff, or follow the other steps that are offered to you.",leftTitle:"The check was ended",leftText:"Nothing was recorded.",deniedTitle:"The camera is not allowed",denied:"Allow the camera for this page: choose the camera symbol in the address bar, then “Allow”. After that, try again.",no_cameraTitle:"No camera found",no_camera:"Connect a camera to this device, then try again.",in_useTitle:"The camera is busy",in_use:"Another program is using the camera. Close it, then try again.",slow_cameraTitle:"This camera is too slow",slow_camera:"The camera must take at least 15 pictures a second. Choose another camera or more light, then try again.",insecureTitle:"This page is not secure",insecure:"Browsers allow the camera only on pages whose address begins with https. Please tell the staff.",old_browserTitle:"This browser is too old",old_browser:"Please update the browser, or use a current version of Chrome, Edge, Firefox or Safari.",networkTitle:"No connection",network:"The service cannot be reached. Check the connection, then try again.",link_lostTitle:"The connection was lost",link_lost:"Check the connection, then try again.",busyTitle:"Many people are using the service",busy:"We will try again in {n} seconds.",expiredTitle:"The time has run out",expired:"This check was open for too long. Please start a new one.",usedTitle:"This check was already used",used:"Each check can be used once. Please start a new one.",unknownTitle:"This check does not exist",unknown:"The link is wrong or no longer valid. Please start again where you came from.",tokenTitle:"This link is not complete",token:"Open the link again exactly as you received it, or ask for a new one.",foreignTitle:"This page may not be shown here",foreign:"Please start again on the page of your bank or service.",failedTitle:"Something went wrong",failed:"It is not your fault. Please try again."};var Le={region:"Pemeriksaan wajah",step:"Langkah {n} dari 3",introTitle:"Pastikan ini Anda",introLead:"Kamera akan memeriksa bahwa orang sungguhan berada di depan layar. Waktunya kurang dari satu menit.",introFirst:"Nyalakan kamera",introSecond:"Tempatkan wajah di dalam oval",introThird:"Tatap layar selama enam detik",cautionTitle:"Layar akan berganti warna",caution:"Selama sekitar enam detik, seluruh layar berganti di antara beberapa warna. Jika perubahan warna atau cahaya dapat membuat Anda tidak sehat, misalnya karena epilepsi fotosensitif atau migrain, gunakan cara lain. Hal ini tidak memengaruhi permohonan Anda.",cautionLeave:"Selama sekitar enam detik, seluruh layar berganti di antara beberapa warna. Jika perubahan warna atau cahaya dapat membuat Anda tidak sehat, misalnya karena epilepsi fotosensitif atau migrain, pilih “Batalkan” dan beri tahu petugas.",reduced:"Perangkat ini diatur untuk mengurangi gerakan, jadi kami menyarankan cara lain.",reducedLeave:"Perangkat ini diatur untuk mengurangi gerakan, jadi kami menyarankan untuk tidak melanjutkan.",noflashTitle:"Pemeriksaan ini tanpa warna",noflash:"Pemeriksaan dengan warna dimatikan untuk permohonan ini, dan layar tidak akan berubah. Silakan gunakan cara lain.",noflashLeave:"Pemeriksaan dengan warna dimatikan untuk permohonan ini, dan layar tidak akan berubah. Pilih “Batalkan” dan beri tahu petugas.",go:"Lanjutkan",goAnyway:"Lanjutkan dengan warna",other:"Gunakan cara lain",leave:"Batalkan",askingTitle:"Izinkan kamera",asking:"Peramban menanyakan apakah halaman ini boleh memakai kamera. Pilih “Izinkan”.",connectingTitle:"Menyiapkan",connecting:"Menghubungkan kamera…",guideTitle:"Tempatkan wajah di dalam oval",guide:"Lepaskan kacamata hitam atau masker, lalu tatap layar lurus ke depan.",readyTitle:"Sudah pas",ready:"Tekan Mulai, lalu diam selama enam detik. Tombol atau sentuhan apa pun akan menghentikannya.",start:"Mulai",cooling:"Mohon tunggu sebentar",camera:"Kamera",cameraNumber:"Kamera {n}",preview:"Gambar kamera Anda, dicerminkan",hint:"Tatap layar lurus ke depan",hintReady:"Sudah pas, tetap seperti ini",no_face:"Arahkan wajah ke dalam oval",several_faces:"Hanya satu orang",closer:"Mendekat sedikit",back:"Mundur sedikit",center:"Geser ke tengah oval",more_light:"Wajah Anda perlu lebih banyak cahaya",less_light:"Terlalu terang: menjauh dari jendela atau lampu",hold_still:"Jangan bergerak",face_forward:"Hadapkan wajah ke layar",low_bitrate:"Memperbaiki gambar, tunggu sebentar",low_frame_rate:"Kamera mengirim terlalu sedikit gambar: tambah cahaya",camera_locked:"Menyesuaikan kamera, tunggu sebentar",display_unstable:"Tutup program lain agar layar berjalan lancar",stream_gap:"Gambar kamera terputus",slow_network:"Koneksi lambat: periksa jaringan, lalu coba lagi",stageLabel:"Warna akan dimulai. Hadap ke depan dan diam selama enam detik. Tombol apa pun menghentikannya.",stageText:"Jangan bergerak",announceEnd:"Warna sudah selesai.",checkingTitle:"Tunggu sebentar",checking:"Kami sedang memeriksa gambar…",capturedTitle:"Terima kasih",captured:"Bagian ini selesai. Anda boleh mengalihkan pandangan.",retryTitle:"Mari coba sekali lagi",retry:"Gambarnya belum cukup jelas.",again:"Coba lagi",renewing:"Menyiapkan percobaan baru…",stoppedTitle:"Dihentikan",stopped_user:"Warna dihentikan karena ada tombol atau layar yang disentuh.",stopped_hidden:"Halaman ditinggalkan saat warna ditampilkan. Tetaplah di halaman ini.",stopped_stalled:"Layar sempat berhenti saat warna ditampilkan. Ini bukan kesalahan Anda.",stopped_resized:"Ukuran jendela berubah saat warna ditampilkan. Biarkan seperti semula.",stopped_fullscreen_lost:"Layar penuh ditutup saat warna ditampilkan. Tetaplah di layar penuh.",stopped_camera_lost:"Kamera berhenti. Pastikan kamera tersambung, lalu coba lagi.",otherTitle:"Mari gunakan cara lain",otherText:"Hubungi petugas, atau ikuti langkah lain yang ditawarkan kepada Anda.",leftTitle:"Pemeriksaan diakhiri",leftText:"Tidak ada yang direkam.",deniedTitle:"Kamera tidak diizinkan",denied:"Izinkan kamera untuk halaman ini: pilih simbol kamera di bilah alamat, lalu “Izinkan”. Setelah itu coba lagi.",no_cameraTitle:"Kamera tidak ditemukan",no_camera:"Sambungkan kamera ke perangkat ini, lalu coba lagi.",in_useTitle:"Kamera sedang dipakai",in_use:"Program lain sedang memakai kamera. Tutup program itu, lalu coba lagi.",slow_cameraTitle:"Kamera ini terlalu lambat",slow_camera:"Kamera harus mengambil sedikitnya 15 gambar per detik. Pilih kamera lain atau tambah cahaya, lalu coba lagi.",insecureTitle:"Halaman ini tidak aman",insecure:"Peramban hanya mengizinkan kamera di halaman yang alamatnya diawali https. Beri tahu petugas.",old_browserTitle:"Peramban ini terlalu lama",old_browser:"Perbarui peramban, atau gunakan versi terbaru Chrome, Edge, Firefox, atau Safari.",networkTitle:"Tidak ada koneksi",network:"Layanan tidak dapat dijangkau. Periksa koneksi, lalu coba lagi.",link_lostTitle:"Koneksi terputus",link_lost:"Periksa koneksi, lalu coba lagi.",busyTitle:"Banyak orang sedang memakai layanan ini",busy:"Kami akan mencoba lagi dalam {n} detik.",expiredTitle:"Waktunya habis",expired:"Pemeriksaan ini terbuka terlalu lama. Silakan mulai yang baru.",usedTitle:"Pemeriksaan ini sudah dipakai",used:"Setiap pemeriksaan hanya berlaku satu kali. Silakan mulai yang baru.",unknownTitle:"Pemeriksaan ini tidak ada",unknown:"Tautannya salah atau sudah tidak berlaku. Silakan mulai lagi dari awal.",tokenTitle:"Tautan ini tidak lengkap",token:"Buka kembali tautan persis seperti yang Anda terima, atau minta yang baru.",foreignTitle:"Halaman ini tidak boleh ditampilkan di sini",foreign:"Silakan mulai lagi di halaman bank atau layanan Anda.",failedTitle:"Terjadi kesalahan",failed:"Ini bukan kesalahan Anda. Silakan coba lagi."};var Ce={region:"Verificação facial",step:"Etapa {n} de 3",introTitle:"Confirme que é você",introLead:"A câmera vai verificar se há uma pessoa real em frente à tela. Leva menos de um minuto.",introFirst:"Ligue a câmera",introSecond:"Encaixe o rosto no oval",introThird:"Olhe para a tela por seis segundos",cautionTitle:"A tela vai mudar de cor",caution:"Por cerca de seis segundos, a tela inteira alterna entre algumas cores. Se mudanças de cor ou de luz podem fazer mal a você, por exemplo por epilepsia fotossensível ou enxaqueca, use outro meio. Isso não prejudica o seu pedido.",cautionLeave:"Por cerca de seis segundos, a tela inteira alterna entre algumas cores. Se mudanças de cor ou de luz podem fazer mal a você, por exemplo por epilepsia fotossensível ou enxaqueca, escolha “Cancelar” e avise a equipe.",reduced:"Este dispositivo está configurado para mostrar menos movimento, por isso sugerimos outro meio.",reducedLeave:"Este dispositivo está configurado para mostrar menos movimento, por isso sugerimos não continuar.",noflashTitle:"Esta verificação não usa cores",noflash:"A verificação com cores foi desativada para este pedido, e a tela não vai mudar. Siga por outro meio.",noflashLeave:"A verificação com cores foi desativada para este pedido, e a tela não vai mudar. Escolha “Cancelar” e avise a equipe.",go:"Continuar",goAnyway:"Continuar com cores",other:"Usar outro meio",leave:"Cancelar",askingTitle:"Permita o uso da câmera",asking:"O navegador está perguntando se esta página pode usar a câmera. Escolha “Permitir”.",connectingTitle:"Preparando",connecting:"Conectando a câmera…",guideTitle:"Encaixe o rosto no oval",guide:"Tire óculos escuros ou máscara e olhe de frente para a tela.",readyTitle:"Perfeito",ready:"Toque em Iniciar e fique parado por seis segundos. Qualquer tecla ou toque interrompe.",start:"Iniciar",cooling:"Um momento, por favor",camera:"Câmera",cameraNumber:"Câmera {n}",preview:"A imagem da sua câmera, espelhada",hint:"Olhe de frente para a tela",hintReady:"Perfeito, fique assim",no_face:"Coloque o rosto dentro do oval",several_faces:"Só uma pessoa, por favor",closer:"Chegue um pouco mais perto",back:"Afaste-se um pouco",center:"Vá para o centro do oval",more_light:"Precisamos de mais luz no seu rosto",less_light:"Há luz demais: afaste-se da janela ou da lâmpada",hold_still:"Fique parado",face_forward:"Olhe de frente",low_bitrate:"Melhorando a imagem, um momento",low_frame_rate:"A câmera está enviando poucas imagens: mais luz ajuda",camera_locked:"Ajustando a câmera, um momento",display_unstable:"Feche outros programas para a tela funcionar sem pausas",stream_gap:"A imagem da câmera foi interrompida",slow_network:"A conexão está lenta: verifique a rede e tente de novo",stageLabel:"As cores vão começar. Olhe de frente e fique parado por seis segundos. Qualquer tecla interrompe.",stageText:"Fique parado",announceEnd:"As cores terminaram.",checkingTitle:"Um momento",checking:"Estamos conferindo a imagem…",capturedTitle:"Obrigado",captured:"Esta parte terminou. Já pode desviar o olhar.",retryTitle:"Vamos tentar mais uma vez",retry:"A imagem não ficou nítida o bastante.",again:"Tentar de novo",renewing:"Preparando uma nova tentativa…",stoppedTitle:"Interrompido",stopped_user:"As cores foram interrompidas por uma tecla ou um toque na tela.",stopped_hidden:"A página foi deixada enquanto as cores apareciam. Permaneça nesta página.",stopped_stalled:"A tela parou por um momento enquanto as cores apareciam. A culpa não é sua.",stopped_resized:"A janela mudou de tamanho enquanto as cores apareciam. Deixe-a como está.",stopped_fullscreen_lost:"A tela cheia foi encerrada enquanto as cores apareciam. Permaneça em tela cheia.",stopped_camera_lost:"A câmera parou. Verifique se ela está conectada e tente de novo.",otherTitle:"Vamos fazer de outro modo",otherText:"Fale com um atendente ou siga as outras opções que forem oferecidas.",leftTitle:"A verificação foi encerrada",leftText:"Nada foi gravado.",deniedTitle:"A câmera não está permitida",denied:"Permita a câmera para esta página: escolha o símbolo da câmera na barra de endereço e depois “Permitir”. Então tente de novo.",no_cameraTitle:"Nenhuma câmera encontrada",no_camera:"Conecte uma câmera a este dispositivo e tente de novo.",in_useTitle:"A câmera está ocupada",in_use:"Outro programa está usando a câmera. Feche-o e tente de novo.",slow_cameraTitle:"Esta câmera é lenta demais",slow_camera:"A câmera precisa captar pelo menos 15 imagens por segundo. Escolha outra câmera ou mais luz e tente de novo.",insecureTitle:"Esta página não é segura",insecure:"Os navegadores só permitem a câmera em páginas cujo endereço começa com https. Avise um atendente.",old_browserTitle:"Este navegador é muito antigo",old_browser:"Atualize o navegador ou use uma versão atual do Chrome, Edge, Firefox ou Safari.",networkTitle:"Sem conexão",network:"Não foi possível acessar o serviço. Verifique a conexão e tente de novo.",link_lostTitle:"A conexão caiu",link_lost:"Verifique a conexão e tente de novo.",busyTitle:"Muitas pessoas estão usando o serviço",busy:"Tentaremos de novo em {n} segundos.",expiredTitle:"O tempo acabou",expired:"Esta verificação ficou aberta por tempo demais. Inicie uma nova.",usedTitle:"Esta verificação já foi usada",used:"Cada verificação vale uma única vez. Inicie uma nova.",unknownTitle:"Esta verificação não existe",unknown:"O link está errado ou não vale mais. Volte ao início do atendimento.",tokenTitle:"Este link está incompleto",token:"Abra o link novamente, exatamente como o recebeu, ou peça um novo.",foreignTitle:"Esta página não pode ser exibida aqui",foreign:"Comece de novo na página do seu banco ou serviço.",failedTitle:"Algo deu errado",failed:"A culpa não é sua. Tente de novo."};var gt={en:Ae,"pt-BR":Ce,id:Le};function X(a){for(let e of a){let t=e?.toLowerCase().split(/[-_]/)[0];if(t==="pt")return"pt-BR";if(t==="id"||t==="in")return"id";if(t==="en")return"en"}return"en"}function Z(a){return gt[a]}function P(a,e){return a.replace("{n}",String(e))}var ft=new Map([...["no_face","several_faces","closer","back","center","more_light","less_light","hold_still","face_forward","low_bitrate","low_frame_rate","camera_locked","display_unstable","stream_gap","slow_network"].map(a=>[a,a]),["low_light","more_light"],["low_light_response","more_light"],["low_signal","more_light"],["too_dark","more_light"],["overexposed","less_light"],["too_bright","less_light"],["moved","hold_still"],["motion","hold_still"],["try_again","retry"],["gap","stream_gap"],["stream_lost","stream_gap"],["camera_lost","stopped_camera_lost"],["resized","stopped_resized"],["hidden","stopped_hidden"],["stalled","stopped_stalled"],["fullscreen_lost","stopped_fullscreen_lost"],["user","stopped_user"]]);function ee(a){return ft.get(a)}var R=class{ears=new Q;element;#e=r("div",{class:"steps",part:"steps",role:"img"},r("i"),r("i"),r("i"));#t=r("div",{class:"body",part:"body"});constructor(){this.element=r("div",{class:"frame",part:"frame",role:"region"},r("div",{class:"top",part:"header"},r("slot",{name:"brand"}),this.#e),this.#t,this.ears.element)}show(e,t,n){let i=Z(t);this.element.lang=t,this.element.setAttribute("aria-label",i.region),this.#e.hidden=e.step===0,this.#e.setAttribute("aria-label",P(i.step,e.step)),this.#e.dataset.step=String(e.step),this.#t.replaceChildren(e.element),n&&e.element.focus({preventScroll:!0})}get ground(){let e=getComputedStyle(this.element).backgroundColor.match(/\d+/g)??["255","255","255"],t=n=>Number(n).toString(16).padStart(2,"0");return"#"+e.slice(0,3).map(t).join("")}};var ze=new Set(["no_camera","denied","in_use","slow_camera","network","busy"]),Ee=new Set(["insecure","old_browser","foreign","unknown","token"]),Re={no_camera:"camera",denied:"camera",in_use:"camera",slow_camera:"camera",insecure:"shield",old_browser:"screen",network:"cable",link_lost:"cable",busy:"people",expired:"wait",used:"link",unknown:"link",token:"link",foreign:"shield"};var kt=250,te=class{#e;#t=!1;#n=()=>{this.#t&&document.visibilityState==="visible"&&this.#o()};ahead(e){return document.fullscreenEnabled?je(screen.width,screen.height,e):this.now(e)}now(e){return je(innerWidth,innerHeight,e)}async keepAwake(){this.#t||(this.#t=!0,document.addEventListener("visibilitychange",this.#n),await this.#o())}async fill(e){try{await e.requestFullscreen({navigationUI:"hide"})}catch{return}for(let t=0,n="";t<kt;t+=50){let i=`${innerWidth} ${innerHeight}`;i!==n&&([n,t]=[i,0]),await w(50)}}async leave(e){this.#t=!1,document.removeEventListener("visibilitychange",this.#n);let t=this.#e;this.#e=void 0,await Promise.allSettled([t?.release(),e.matches(":fullscreen")?document.exitFullscreen():void 0])}async#o(){try{this.#e=await navigator.wakeLock?.request("screen"),this.#t||await this.#e?.release()}catch{}}};function je(a,e,t){return{w:a,h:e,dpr:devicePixelRatio,refreshHz:Math.round(1e4/t)/10}}var bt={camera:["M3 8.5A2.5 2.5 0 0 1 5.5 6h8A2.5 2.5 0 0 1 16 8.5v7a2.5 2.5 0 0 1-2.5 2.5h-8A2.5 2.5 0 0 1 3 15.5z","M16 10.5l5-3v9l-5-3"],face:["M12 3.2c4 0 6.6 3.4 6.6 8.3S15.8 20.8 12 20.8s-6.6-4.4-6.6-9.3S8 3.2 12 3.2z","M9.3 10.4v.9","M14.7 10.4v.9","M9.4 15.2c1.5 1.4 3.7 1.4 5.2 0"],screen:["M3 5.5h18v11H3z","M12 16.5v3.5","M8 20h8"],warning:["M12 4.2 21 19.5H3z","M12 10v4.5","M12 16.9v.2"],down:["M6 9.5l6 6 6-6"],check:["M5 12.5l4.6 4.7L19 7.5"],again:["M19.5 12a7.5 7.5 0 1 1-2.3-5.4","M19.7 3.8v4.3h-4.3"],stop:["M8 8l8 8","M16 8l-8 8"],hand:["M8 12.5V5.8a1.5 1.5 0 0 1 3 0V11","M11 11V4.5a1.5 1.5 0 0 1 3 0V11","M14 11V5.8a1.5 1.5 0 0 1 3 0v7.7c0 4.3-2 7-5.7 7-3.1 0-4.5-1.8-5.7-4.3L4 13.2a1.5 1.5 0 0 1 2.6-1.5L8 14"],people:["M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z","M2.5 20c.4-3.8 3-6 6.5-6s6.1 2.2 6.5 6","M16 5a3.3 3.3 0 0 1 0 6.4","M18 14.6c2 .8 3.2 2.7 3.5 5.4"],closer:["M12 9V3.5","M9.5 6 12 3.5 14.5 6","M12 15v5.5","M9.5 18l2.5 2.5 2.5-2.5","M9 12H3.5","M6 9.5 3.5 12 6 14.5","M15 12h5.5","M18 9.5l2.5 2.5-2.5 2.5"],back:["M12 3.5V9","M9.5 6.5 12 9l2.5-2.5","M12 20.5V15","M9.5 17.5 12 15l2.5 2.5","M3.5 12H9","M6.5 9.5 9 12l-2.5 2.5","M20.5 12H15","M17.5 9.5 15 12l2.5 2.5"],light:["M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z","M12 2.5v2","M12 19.5v2","M2.5 12h2","M19.5 12h2","M5.3 5.3l1.4 1.4","M17.3 17.3l1.4 1.4","M18.7 5.3l-1.4 1.4","M6.7 17.3l-1.4 1.4"],cable:["M5 12.6a10 10 0 0 1 14 0","M8 15.8a5.7 5.7 0 0 1 8 0","M2.2 9.2a14.2 14.2 0 0 1 19.6 0","M12 19v.2"],shield:["M12 3l7.5 2.8v5.4c0 4.8-3 8.1-7.5 9.8-4.5-1.7-7.5-5-7.5-9.8V5.8z","M12 8.5v4.2","M12 15.8v.2"],link:["M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2","M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2"],wait:["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z","M12 7v5.2l3.3 2"]};function x(a){return l("svg",{viewBox:"0 0 24 24",class:"icon","aria-hidden":"true"},...bt[a].map(e=>l("path",{d:e})))}function ae(){return l("svg",{viewBox:"0 0 320 320",class:"portrait","aria-hidden":"true"},l("rect",{class:"p-glow p-a",x:"20",y:"20",width:"140",height:"140"}),l("rect",{class:"p-glow p-b",x:"160",y:"20",width:"140",height:"140"}),l("rect",{class:"p-glow p-c",x:"20",y:"160",width:"140",height:"140"}),l("rect",{class:"p-glow p-d",x:"160",y:"160",width:"140",height:"140"}),l("g",{class:"p-inside"},l("path",{class:"p-body",d:"M62 320c3-52 38-78 98-78s95 26 98 78z"}),l("path",{class:"p-neck",d:"M134 208h52v32c0 15-11 25-26 25s-26-10-26-25z"}),l("ellipse",{class:"p-face",cx:"160",cy:"152",rx:"58",ry:"72"}),l("path",{class:"p-hair",d:"M98 156c-8-52 18-92 64-92 44 0 68 38 60 92-4-20-10-34-20-44-26 10-62 8-82-4-12 10-19 26-22 48z"}),l("path",{class:"p-line",d:"M136 146v8M184 146v8M160 150v20l-6 4M141 192c11 10 27 10 38 0"})),l("ellipse",{class:"p-ring",cx:"160",cy:"156",rx:"92",ry:"116"}),l("path",{class:"p-corner",d:"M20 62V40a20 20 0 0 1 20-20h22M258 20h22a20 20 0 0 1 20 20v22M300 258v22a20 20 0 0 1-20 20h-22M62 300H40a20 20 0 0 1-20-20v-22"}))}function me({text:a,primary:e,act:t}){return r("button",{type:"button",class:e?"primary":"secondary",part:e?"button primary":"button secondary",click:t},a)}function V(...a){return r("div",{class:"actions",part:"actions"},...a.map(me))}function j(a,e,...t){return{element:r("section",{class:"screen "+a,part:"screen "+a,role:"group",tabindex:"-1","aria-labelledby":"title","aria-describedby":"text"},...t),step:e}}var q=a=>r("h2",{id:"title",part:"title"},a),I=a=>r("p",{id:"text",class:"text",part:"text"},a);function qe(a,e,t,n,i){let o=(s,u)=>r("li",{},r("span",{class:"badge"},x(s)),r("span",{},a[u]));return j("intro",1,r("div",{class:"picture"},ae()),r("div",{class:"column"},q(a.introTitle),I(a.introLead),r("ol",{class:"how",part:"how"},o("camera","introFirst"),o("face","introSecond"),o("screen","introThird")),r("div",{class:"caution",part:"caution",role:"note"},x("warning"),r("div",{},r("strong",{},a.cautionTitle),r("p",{},a[e]),t?r("p",{class:"advice"},a[t]):void 0)),V(n,i)))}var wt={wait:"wait",good:"check",again:"again",stop:"stop"};function b(a,e,t,...n){return j("message "+a.tone,a.step??0,r("div",{class:"seal"},x(a.drawing??wt[a.tone])),q(e),I(t),n.length>0?V(...n):void 0)}var yt={several_faces:"people",closer:"closer",back:"back",more_light:"light",less_light:"light",low_bitrate:"wait",camera_locked:"wait"};function vt(){let a=e=>l("ellipse",{class:e,cx:"39",cy:"51",rx:"38",ry:"50"});return r("div",{class:"oval",part:"oval"},l("svg",{viewBox:"0 0 78 102"},l("path",{class:"dim",d:"M-400-400H480V500H-400z M1 51a38 50 0 0 0 76 0a38 50 0 0 0-76 0z"}),a("edge"),a("ring")))}var ne=class{step=2;element;#e;#t=q("");#n=I("");#o=r("p",{class:"hint",part:"hint"});#l;#m;#d;#i=!1;#r="";constructor(e,t,n){this.#e=e;let i=r("video",{part:"video",autoplay:!0,playsinline:!0,muted:!0,"aria-label":e.preview});i.muted=!0,i.srcObject=t,this.#l=me({text:e.start,primary:!0,act:()=>this.#i&&n.start()}),this.#m=r("select",{id:"camera",part:"select",change:()=>n.choose(this.#m.value)}),this.#d=r("div",{class:"choice",hidden:!0},r("label",{for:"camera"},e.camera),r("div",{class:"select"},this.#m,x("down")));let o=j("guide",2,r("div",{class:"picture"},r("div",{class:"preview",part:"preview"},i,vt(),this.#o)),r("div",{class:"column"},this.#t,this.#n,this.#d,r("div",{class:"actions",part:"actions"},this.#l,me(n.other))));this.element=o.element,this.update("connecting","",!1)}update(e,t,n){let i=this.#e;this.#i=e==="ready"&&!n,this.element.dataset.phase=n&&e==="ready"?"position":e,this.#t.textContent=i[e==="connecting"?"connectingTitle":this.#i?"readyTitle":"guideTitle"],this.#n.textContent=this.#i?i.ready:i.guide;let o=ee(t),s=e==="connecting"?"connecting":this.#i?"hintReady":e==="ready"?"cooling":o??"hint",u=this.#i?"check":s==="connecting"||s==="cooling"?"wait":yt[s]??"face",m=this.#i?i.readyTitle+". "+i.ready:i[s];return m===this.#r?"":(this.#r=m,this.#o.replaceChildren(x(u),r("span",{},i[s])),this.#l.setAttribute("aria-disabled",String(!this.#i)),m)}cameras(e,t){let n=e.map((i,o)=>r("option",{value:i.id,selected:i.id===t},i.label||P(this.#e.cameraNumber,o+1)));this.#m.replaceChildren(...n),this.#d.hidden=e.length<2}use(e){let t=this.element.querySelector("video");t&&(t.srcObject=e)}focusStart(){this.#l.focus()}};function Oe(a,e){let t=new AbortController,n=t.signal,i=f=>{n.aborted||(t.abort(),e(f))},o=Ie(),s=pe(a),u=f=>{f instanceof KeyboardEvent&&f.repeat||(f instanceof KeyboardEvent&&(f.key===" "||f.key==="Enter"||f.key==="Tab")&&f.preventDefault(),i("user"))},m=()=>{Ie()!==o&&(s?setTimeout(()=>i(pe(a)?"resized":"fullscreen_lost"),100):i("resized"))};for(let f of["keydown","pointerdown","touchstart","click"])window.addEventListener(f,u,{capture:!0,signal:n});window.addEventListener("resize",m,{signal:n});let ue=setInterval(m,250);return n.addEventListener("abort",()=>clearInterval(ue)),document.addEventListener("visibilitychange",()=>document.visibilityState==="hidden"&&i("hidden"),{signal:n}),window.addEventListener("pagehide",()=>i("hidden"),{signal:n}),document.addEventListener("fullscreenchange",()=>s&&!pe(a)&&i("fullscreen_lost"),{signal:n}),()=>t.abort()}function Ie(){return[innerWidth,innerHeight,devicePixelRatio].join(" ")}function pe(a){let e=a.getRootNode();return(e instanceof ShadowRoot?e.fullscreenElement:document.fullscreenElement)===a}var O=class extends Error{constructor(t,n){super(`WHIP ${t}`);this.status=t;this.retryAfter=n}status;retryAfter};async function We(a,e,t,n){let i=new URL(a,document.baseURI).href,o;try{o=await fetch(i,{method:"POST",headers:{Authorization:`Bearer ${e}`,"Content-Type":"application/sdp"},body:t,signal:n,...Ne})}catch{throw new O(0,0)}let s=o.headers.get("Location");if(o.status!==201||!s)throw new O(o.status,Number(o.headers.get("Retry-After"))||0);return{answer:await o.text(),location:new URL(s,i).href}}async function He(a,e){let t={Authorization:`Bearer ${e}`};await fetch(a,{method:"DELETE",headers:t,keepalive:!0,...Ne}).catch(()=>{})}var Ne={cache:"no-store",credentials:"omit",referrerPolicy:"no-referrer",redirect:"error"};var Ke="rostod.capture.v1";function Ve(a){if(typeof a!="string"||a.length>4096)return;let e;try{e=JSON.parse(a)}catch{return}if(xt(e))switch(e.type){case"ping":return C({type:"ping",n:_(e.n),at:_(e.at)});case"pong":return C({type:"pong",n:_(e.n),at:_(e.at),now:_(e.now)});case"guide":return C({type:"guide",state:De(e.state,"position","ready"),hint:D(e.hint)});case"arm":return C({type:"arm",steps:Be(e.steps),leadMs:_(e.leadMs)});case"slot":return C({type:"slot",i:Be(e.i),tiles:St(e.tiles),at:_(e.at),ms:_(e.ms)});case"finish":return{type:"finish"};case"done":return Tt(e);case"error":return C({type:"error",code:D(e.code),hint:D(e.hint)});default:return}}function Tt(a){let e=C({type:"done",outcome:De(a.outcome,"captured","retry","other_way"),hint:D(a.hint),bundle:D(a.bundle)});return e?.outcome==="captured"&&e.bundle===""?void 0:e}function C(a){for(let e of Object.values(a))if(e===void 0)return;return a}function xt(a){return typeof a=="object"&&a!==null&&!Array.isArray(a)}function _(a){return typeof a=="number"&&Number.isFinite(a)?a:void 0}function Be(a){return typeof a=="number"&&Number.isInteger(a)&&a>=0?a:void 0}function D(a){return a==null?"":typeof a=="string"?a:void 0}function De(a,...e){return e.find(t=>t===a)}function St(a){if(!Array.isArray(a)||a.length!==4)return;let[e,t,n,i]=a.map(o=>typeof o=="string"&&/^#[0-9a-f]{6}$/i.test(o)?o.toLowerCase():void 0);return e&&t&&n&&i?[e,t,n,i]:void 0}var _t=4e6,Mt=8e3,At=1e3,ie=class a{#e=new RTCPeerConnection({iceServers:[],bundlePolicy:"max-bundle"});#t=this.#e.createDataChannel(Ke,{ordered:!0});#n;#o;#l;#m;#d=0;#i=0;#r;#s=!1;#c=()=>this.close();constructor(e,t,n){this.#o=t,this.#l=n;let i=this.#e.addTransceiver(e.track,{direction:"sendonly",streams:[e.stream],sendEncodings:[{maxBitrate:_t,priority:"high",networkPriority:"high"}]});this.#n=i.sender,Lt(i)}static async open(e,t,n,i,o){let s=new a(n,t,i);try{await s.#u(e,o)}catch(u){throw s.close(),u}return s}send(e){let t=JSON.stringify(e);this.#t.readyState==="open"&&t.length<=4096&&this.#t.send(t)}async use(e){await this.#n.replaceTrack(e.track)}close(){if(this.#s)return;this.#s=!0,clearInterval(this.#r),window.removeEventListener("pagehide",this.#c);let e=this.#m&&He(this.#m.location,this.#o);Promise.race([e,w(At)]).then(()=>this.#e.close())}async#u(e,t){let n=new Promise((i,o)=>{this.#t.onopen=()=>i(),t.addEventListener("abort",()=>o(t.reason))});n.catch(()=>{}),this.#t.onmessage=i=>this.#f(i.data),this.#t.onclose=()=>this.#a("link_lost"),this.#e.onconnectionstatechange=()=>{this.#e.connectionState==="failed"&&this.#a("link_lost")},await this.#g(),await this.#e.setLocalDescription(await this.#e.createOffer()),this.#m=await We(e,this.#o,this.#e.localDescription?.sdp??"",t),window.addEventListener("pagehide",this.#c),await this.#e.setRemoteDescription({type:"answer",sdp:this.#m.answer}),await this.#g(),await n,this.#d=h(),this.#r=setInterval(()=>this.#p(),2e3)}async#g(){let e=this.#n.getParameters();try{await this.#n.setParameters({...e,degradationPreference:"maintain-resolution"})}catch{}}#p(){h()-this.#d>Mt?this.#a("link_lost"):this.send({type:"ping",n:this.#i++,at:h()})}#f(e){let t=h(),n=Ve(e);this.#d=t,n?n.type==="ping"?this.send({type:"pong",n:n.n,at:n.at,now:t}):n.type!=="pong"&&this.#l.heard(n):this.#a("protocol")}#a(e){this.#s||(this.close(),this.#l.lost(e))}};function Lt(a){let t=(RTCRtpSender.getCapabilities?.("video")?.codecs??[]).filter(n=>/^video\/(vp8|rtx)$/i.test(n.mimeType));if(t.some(n=>/vp8/i.test(n.mimeType)))try{a.setCodecPreferences?.(t)}catch{}}var oe=600,Fe=300,T={connect:12e3,guide:8e3,ready:1500,again:700,arm:5e3,slot:3e3,done:2e4,farewell:1500},Ct=350,re=class{#e;#t=new AbortController;#n;#o;#l="connecting";#m="";#d=!1;#i=!1;#r=0;#s;#c=Promise.resolve();#u=()=>{};#g=Promise.resolve(void 0);#p;#f;#a=()=>{};#y;constructor(e){this.#e=e,this.#n=e.camera,this.#y=new Promise(t=>{this.#a=t})}async run(){let{whipUrl:e,token:t}=this.#e;this.#e.stage.onShown=o=>{this.#v(o)},this.#e.stage.onClosed=()=>this.abort("user"),this.#e.stage.onStalled=()=>this.abort("hidden","stalled"),this.#b(),this.#k(T.connect,"network");let n={heard:o=>this.#S(o),lost:o=>this.#P(o)};ie.open(e,t,this.#n,n,this.#t.signal).then(o=>this.#x(o),o=>this.#I(o));let i=await this.#y;return clearTimeout(this.#p),clearTimeout(this.#f),this.#t.abort(),this.#u(),this.#o?.close(),await this.#c,await this.#e.stage.lower(oe),i}async begin(){let{stage:e,screen:t,host:n,words:i}=this.#e;if(this.#l!=="ready"||this.#d||(this.#d=!0,await t.fill(n),this.#h))return;this.#u=Oe(n,m=>this.abort(m));let{label:o,text:s,ground:u}=i();e.period=this.#e.period,this.#c=e.raise(oe,u,o,s),await this.#c;for(let m=h()+T.ready;!this.#A&&h()<m&&!this.#h;)await w(50);if(!this.#h){if(!this.#A)return this.#j();this.#i=!0,this.#k(T.arm,"link_lost"),this.#w()}}#w(){this.#o?.send({type:"start",camera:this.#n.report(),screen:this.#e.screen.now(this.#e.period)})}abort(e,t=e){if(this.#h)return;this.#s=t,this.#o?.send({type:"abort",reason:e}),this.#u();let{stage:n}=this.#e;e==="hidden"?n.close():this.#c=this.#c.then(()=>n.calm(Fe)),clearTimeout(this.#p);let i=this.#o&&e!=="hidden"?T.farewell:0;this.#p=setTimeout(()=>this.#a({kind:"aborted",reason:t}),i)}async use(e){this.#n=e,this.#b(),await this.#o?.use(e)}get#h(){return this.#t.signal.aborted||this.#s!==void 0}get#A(){return this.#l==="ready"}#x(e){this.#o=e;let{screen:t,locale:n,period:i}=this.#e;if(this.#t.signal.aborted)return e.close();this.#k(T.guide,"link_lost"),e.send({type:"hello",v:1,client:`rostod-capture/1 ${navigator.userAgent}`.slice(0,300),locale:n,screen:t.ahead(i),camera:this.#n.report()})}#S(e){if(!(this.#s&&e.type!=="done"))switch(e.type){case"guide":return this.#R(e.state,e.hint);case"arm":return this.#L(e);case"slot":return this.#z(e);case"finish":return this.#M();case"done":return this.#q(e);case"error":return this.#P(/expired|time-up/.test(e.code)?"expired":"failed")}}#R(e,t){if(!(this.#r>0)&&(clearTimeout(this.#p),this.#m=t,this.#C(e),!!this.#i)){if(e==="position")return void this.#j();this.#k(T.arm,"link_lost"),clearTimeout(this.#f),this.#f=setTimeout(()=>this.#i&&this.#r===0&&this.#w(),T.again)}}#L({steps:e,leadMs:t}){if(!this.#i||this.#r>0||e===0)return this.#P("protocol");this.#r=e,this.#e.stage.arm(e),this.#C("colours"),this.#k(t+T.slot,"link_lost"),this.#g=w(Math.max(0,t-Ct)).then(async()=>{if(!this.#h)return await this.#n.lock(),this.#n.report()})}#z(e){if(!this.#e.stage.show(e))return this.#P("protocol");this.#k(e.at-h()+e.ms+T.slot,"link_lost")}async#v(e){let t=e.i===0?await Promise.race([this.#g,w(100).then(()=>{})]):void 0;this.#h||this.#o?.send({type:"shown",...e,...t?{camera:t}:{}})}#M(){if(this.#r===0)return this.#P("protocol");this.#u(),this.#k(T.done,"link_lost"),this.#c=this.#e.stage.lower(oe),this.#C("checking")}#q({outcome:e,hint:t,bundle:n}){e==="captured"?this.#a({kind:"captured",bundle:n}):e==="retry"&&this.#s?this.#a({kind:"aborted",reason:this.#s}):this.#a({kind:e,hint:t})}async#j(){this.#i=!1,this.#u(),this.#c=this.#e.stage.lower(oe),await this.#c,this.#d=!1,this.#h||this.#e.tell(this.#l,this.#m)}#I(e){if(this.#h)return;let[t,n]=e instanceof O?[e.status,e.retryAfter]:[0,0];this.#a({kind:"problem",problem:zt(t),retryAfter:n})}#P(e){let{stage:t}=this.#e;this.#u(),this.#c=this.#c.then(()=>t.calm(Fe)),this.#a(this.#s?{kind:"aborted",reason:this.#s}:{kind:"problem",problem:e,retryAfter:0})}#C(e){this.#l=e,this.#e.tell(e,this.#m)}#k(e,t){clearTimeout(this.#p),this.#p=setTimeout(()=>this.#P(t),e)}#b(){let{track:e}=this.#n,t=()=>{this.#n.track===e&&this.abort("camera_lost")};e.addEventListener("ended",t,{signal:this.#t.signal}),e.addEventListener("mute",()=>this.#i&&t(),{signal:this.#t.signal})}};function zt(a){switch(a){case 401:case 403:return"token";case 404:return"unknown";case 409:return"used";case 410:return"expired";case 415:case 422:return"offer";case 429:case 503:return"busy";case 0:return"network";default:return"failed"}}var M="#919191",A=[M,M,M,M];function se(a){let e=t=>{let n=Number.parseInt(a.slice(t,t+2),16)/255;return n<=.04045?n/12.92:((n+.055)/1.055)**2.4};return[e(1),e(3),e(5)]}function Et(a){let e=t=>{let n=t<=.0031308?12.92*t:1.055*t**.4166666666666667-.055;return Math.round(Math.min(1,Math.max(0,n))*255).toString(16).padStart(2,"0")};return"#"+a.map(e).join("")}function ge(a,e,t){let[n,i,o]=se(a),[s,u,m]=se(e);return Et([n+(s-n)*t,i+(u-i)*t,o+(m-o)*t])}function Ue([a,e,t]){return .2126*a+.7152*e+.0722*t}var Rt=.05,jt=.8,Ge=334;function qt(a){let e=se(a),t=e[0]+e[1]+e[2];return Math.abs(Ue(e)-Ue(se(M)))<=Rt&&e[0]<jt*t}function Je(a,e){return a.tiles.every(qt)&&a.ms>=Ge&&(!e||a.at-e.at>=Ge)}var It=80,le=class{element;onShown=()=>{};onStalled=()=>{};onClosed=()=>{};soft=!1;period=1e3/60;#e;#t;#n=!1;#o=A;#l=A;#m=A;#d=0;#i=0;#r="#ffffff";#s=0;#c;#u=[];#g;#p;#f=0;#a=0;#y=0;#w=!1;#h=Promise.resolve();constructor(){this.#e=["tl","tr","bl","br"].map(e=>r("div",{class:"tile "+e})),this.#t=r("p",{class:"mark-text"}),this.element=r("dialog",{class:"stage",part:"stage",tabindex:"-1",autofocus:!0,cancel:e=>e.preventDefault(),close:()=>this.open&&this.onClosed()},...this.#e,r("div",{class:"mark","aria-hidden":"true"},l("svg",{viewBox:"0 0 78 102",class:"mark-oval"},l("ellipse",{class:"mark-edge",cx:"39",cy:"51",rx:"38",ry:"50"}),l("ellipse",{cx:"39",cy:"51",rx:"38",ry:"50"})),this.#t))}get tiles(){if(!this.open)return null;if(this.#i>=1)return this.#o;let[e,t,n,i]=this.#o.map(o=>ge(this.#r,o,this.#i));return[e,t,n,i]}get open(){return this.#n}async raise(e,t,n,i){this.#r=t,this.#t.textContent=i,this.element.setAttribute("aria-label",n),this.#x(),this.#M(0),this.#n=!0,this.element.showModal(),this.element.focus(),this.#v(A),await fe(e,o=>this.#M(o))}arm(e){this.#x(),this.#s=e,this.#L(A,0),this.#S(++this.#y)}show(e){let t=(this.#c?.i??-1)+1,n=this.#u.some(i=>i.at>h());return e.i!==t||e.i>=this.#s||n||!Je(e,this.#c)?!1:(this.#c=e,this.#u.push(e),!0)}async calm(e){this.#x();let t=this.#o;t.every(n=>n===M)||await fe(e,n=>this.#z(t,A,n))}lower(e){return this.#n&&!this.#w&&(this.#h=this.#A(e)),this.#h}get lowered(){return this.#h}async#A(e){this.#w=!0,await this.calm(0),await fe(e,t=>this.#M(1-t)),this.close()}close(){this.#n=!1,this.#w=!1,this.element.classList.remove("full"),this.#x(),this.element.open&&this.element.close()}#x(){this.#u=[],this.#c=void 0,this.#g=void 0,this.#p=void 0,this.#s=0,this.#f=0,this.#a=0}async#S(e){for(;this.#y===e&&this.#s>0;){let t=he(await K());this.#y===e&&this.#s>0&&this.#R(t)}}#R(e){this.#a>0&&(this.#f+=Math.max(0,Math.round((e-this.#a)/this.period)-1)),this.#a=e;let t=this.#p;this.#p=void 0,t&&this.onShown({...t,next:e});let n=this.#u.filter(o=>o.at<=e+1),[i]=n;if(n.length>1||i&&i.at+i.ms<=e)return this.onStalled();i?(this.#u=this.#u.filter(o=>o!==i),this.#g=i,this.#p={i:i.i,at:e,missed:this.#f},this.#f=0,this.#L(i.tiles,e)):this.#g?.i===this.#s-1&&e>=this.#g.at+this.#g.ms&&(this.#g=void 0,this.#L(A,e)),this.soft&&this.#z(this.#l,this.#m,Math.min(1,(e-this.#d)/It))}#L(e,t){this.#l=this.#o,this.#m=e,this.#d=t,this.soft||this.#v(e)}#z(e,t,n){let i=o=>n>=1?t[o]:ge(e[o],t[o],n);this.#v([i(0),i(1),i(2),i(3)])}#v(e){this.#o=e,this.#e.forEach((t,n)=>{t.style.backgroundColor=e[n]??M})}#M(e){this.#i=e,this.element.style.opacity=String(e),this.element.classList.toggle("full",this.#n&&e>=1)}};async function fe(a,e){if(a>0){let t=h(),n=new Promise(i=>setTimeout(i,a+100));for(;;){let i=await Promise.race([K(),n]),o=i===void 0?1:(he(i)-t)/a;if(o>=1)break;e(Math.max(0,o))}}e(1)}var Ot=5e3,W=class extends HTMLElement{static observedAttributes=["locale","noflash","soft"];renew=null;#e=new le;#t=new te;#n=new R;#o;#l="intro";#m=!1;#d;#i;#r;#s="connecting";#c="";#u=new AbortController;#g=0;#p=0;#f="";constructor(){super();let e=this.attachShadow({mode:"open"});$(e),e.append(this.#e.element,this.#n.element)}get tiles(){return this.#e.tiles}get state(){return this.#l}get whipUrl(){return this.getAttribute("whip-url")??""}set whipUrl(e){this.setAttribute("whip-url",e)}get token(){return this.getAttribute("token")??""}set token(e){this.setAttribute("token",e)}get locale(){return X([this.getAttribute("locale"),...navigator.languages])}get noflash(){return this.hasAttribute("noflash")}connectedCallback(){this.#e.soft=this.hasAttribute("soft"),navigator.mediaDevices?.addEventListener("devicechange",this.#v),this.#w(),this.#E("rostod-ready",{locale:this.locale,noflash:this.noflash})}disconnectedCallback(){navigator.mediaDevices?.removeEventListener("devicechange",this.#v),this.#r?.abort("hidden"),this.#b()}attributeChangedCallback(e){this.#e.soft=this.hasAttribute("soft"),this.isConnected&&(e==="noflash"&&this.#l==="intro"&&this.#w(),e==="locale"&&this.#o&&!this.#e.open&&this.#T(this.#o))}async start(){this.#b(),this.noflash||!this.#m?this.#w(!0):await this.#S()}abort(){this.#r?this.#r.abort("user"):this.#l!=="intro"&&(this.#b(),this.#w(!0))}fail(e){this.#b(),this.#k(e,0)}get#a(){return Z(this.locale)}get#y(){return this.getAttribute("other-way")==="cancel"}#w(e=!1){let t=matchMedia("(prefers-reduced-motion: reduce)").matches;this.#_("intro"),this.#T(()=>{let n=this.#a,i=this.#y;if(this.noflash)return b({tone:"again",drawing:"people"},n.noflashTitle,i?n.noflashLeave:n.noflash,this.#h(!0));let o={text:t?n.goAnyway:n.go,primary:!t,act:()=>{this.#m=!0,this.#S()}};return qe(n,i?"cautionLeave":"caution",t?i?"reducedLeave":"reduced":void 0,o,this.#h(t))},e)}#h(e=!1){return{text:this.#y?this.#a.leave:this.#a.other,primary:e,act:()=>this.#x(this.noflash?"noflash":"customer")}}#A(e,t){return e&&this.renew===!1?[this.#h(!0)]:[{text:this.#a.again,primary:!0,act:()=>{t()}},this.#h()]}#x(e){this.#r?.abort("user"),this.#b(),this.#_("other_way"),this.#T(()=>{let t=this.#a;return this.#y&&e!=="daemon"?b({tone:"stop"},t.leftTitle,t.leftText):b({tone:"again",drawing:"people"},t.otherTitle,t.otherText)},!0),this.#E("rostod-other-way",{reason:e})}async#S(){this.#b();let{signal:e}=this.#u;if(!Y())return this.#k("old_browser",0);if(!this.whipUrl)return this.#C("");try{this.#_("camera"),this.#T(()=>b({tone:"wait",step:2,drawing:"camera"},this.#a.askingTitle,this.#a.asking,this.#h()),!0);let t=_e(),n=await E.open();if(e.aborted)return n.stop();this.#d=n,this.#t.keepAwake();let i=await this.#R(n,await t);e.aborted||this.#I(i)}catch(t){e.aborted||this.#k(t instanceof k?t.trouble:"failed",0)}}async#R(e,t){this.#s="connecting",this.#c="",this.#_("connecting"),this.#T(()=>this.#L(e),!0);let n=new re({whipUrl:this.whipUrl,token:this.token,locale:this.locale,camera:e,stage:this.#e,screen:this.#t,host:this,period:t,words:()=>({label:this.#a.stageLabel,text:this.#a.stageText,ground:this.#n.ground}),tell:(o,s)=>this.#M(o,s)});this.#r=n;let i=await n.run();return this.#r===n&&(this.#r=void 0),i}#L(e){let t=new ne(this.#a,e.stream,{start:()=>{this.#r?.begin()},other:this.#h(),choose:n=>{this.#z(n)}});return this.#i=t,this.#M(this.#s,this.#c),this.#v(),t}async#z(e){let t=this.#r,n=this.#d;try{let i=await E.open(e);if(!t||this.#r!==t)return i.stop();this.#d=i,await t.use(i),n?.stop(),i.remember(),this.#i?.use(i.stream)}catch(i){i instanceof k&&this.#n.ears.say(this.#a[`${i.trouble}Title`])}this.#v()}#v=()=>{let[e,t]=[this.#i,this.#d];e&&t&&E.choices().then(n=>e.cameras(n,t.id))};#M(e,t){let n=this.#s;if([this.#s,this.#c]=[e,t],e==="connecting"||e==="position"||e==="ready")return this.#q(e,t);this.#_(e,t),!(e!=="checking"||n==="checking")&&(this.#j(),this.#T(()=>b({tone:"wait",step:3},this.#a.checkingTitle,this.#a.checking)),this.#e.lowered.then(()=>this.#l==="checking"&&this.#n.ears.say(this.#a.announceEnd)))}#q(e,t){let n=this.#g-h(),i=this.#i?.update(e,t,n>0)??"";i&&this.#n.ears.mention(i),e==="ready"&&n<=0&&this.shadowRoot?.activeElement===this.#i?.element&&this.#i?.focusStart(),e==="ready"&&n>0&&w(n).then(()=>this.#s==="ready"&&this.#q("ready",this.#c)),e!=="connecting"&&this.#_(e,t)}#j(){this.#g=h()+Ot}#I(e){switch(this.#b(),e.kind){case"captured":this.#_("captured"),this.#T(()=>b({tone:"good",step:3},this.#a.capturedTitle,this.#a.captured),!0),this.#E("rostod-captured",{bundle:e.bundle});return;case"retry":return this.#P("retry",e.hint);case"aborted":return this.#j(),this.#P("stopped",e.reason);case"other_way":return this.#x("daemon");case"problem":return this.#k(e.problem,e.retryAfter)}}#P(e,t){this.#_(e,t),this.#T(()=>{let n=this.#a,i=ee(t),o=i?n[i]:n.retry,s=this.#A(!0,()=>this.#C(t));return e==="retry"?b({tone:"again"},n.retryTitle,o,...s):b({tone:"stop",drawing:"hand"},n.stoppedTitle,o,...s)},!0)}async#C(e){this.#b();let{signal:t}=this.#u;this.#T(()=>b({tone:"wait"},this.#a.renewing,"",this.#h()),!0),this.#E("rostod-retry",{hint:e});try{let n=this.renew?await this.renew():void 0;if(!n||t.aborted)return;this.whipUrl=n.whipUrl,this.token=n.token,await this.#S()}catch{t.aborted||this.#k("failed",0)}}#k(e,t){this.#b(),this.#_("problem",e);let n=Math.min(30,Math.max(2,Math.ceil(t||5))),i=e==="busy"&&this.#p++<5,o=e==="protocol"||e==="offer"?"failed":e;this.#T(()=>{let u=this.#a,m=ze.has(e),ue=Ee.has(e)?[this.#h(!0)]:this.#A(!m,()=>m?this.#S():this.#C(e)),f=Re[o];return b({tone:"stop",...f?{drawing:f}:{}},u[`${o}Title`],P(u[o],n),...ue)},!0),this.#E("rostod-error",{code:e,retryAfter:t});let{signal:s}=this.#u;i&&w(n*1e3).then(()=>s.aborted?void 0:this.#S())}#b(){this.#u.abort(),this.#u=new AbortController,this.#n.ears.hush(),this.#d?.stop(),this.#d=void 0,this.#i=void 0,this.#t.leave(this)}#_(e,t=""){let n=this.#l===e&&this.#f===t;this.#l=e,this.#f=t,(e==="captured"||e==="colours")&&(this.#p=0),n||this.#E("rostod-progress",{state:e,hint:t})}#T(e,t=!1){this.#o=e,this.#n.show(e(),this.locale,t)}#E(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};customElements.get("rostod-capture")||customElements.define("rostod-capture",W);var y=class extends Error{constructor(t,n=0){super(t);this.code=t;this.retryAfter=n}code;retryAfter},ce=class{#e=location.pathname.replace(/\/$/,"");token;constructor(e){this.token=e}open(){return this.#t("POST","/open")}state(){return this.#t("GET","/state")}consent(){return this.#t("POST","/consent")}challenge(){return this.#t("POST","/challenge")}capture(e){return this.#t("POST","/capture",{bundle:e})}handOver(){return this.#t("POST","/handover")}leave(){return this.#t("POST","/leave")}async#t(e,t,n={}){if(!this.token)throw new y("journey/token");let i;try{i=await fetch(this.#e+t,{method:e,headers:{Authorization:`Bearer ${this.token}`,...e==="POST"?{"Content-Type":"application/json"}:{}},...e==="POST"?{body:JSON.stringify(n)}:{},cache:"no-store",credentials:"omit"})}catch{throw new y("network")}let o=await i.json().catch(()=>({}));if(i.ok)return o;let s=typeof o=="object"&&o!==null&&"code"in o?String(o.code):"";throw new y(s||"failed",Number(i.headers.get("Retry-After"))||0)}};var $e=`/* The screens of a journey around the capture. */

.terms {
	padding: 0.9em 1em;
	border-radius: var(--round);
	border: 1px solid var(--hairline);
	background: var(--ground);
}

.terms p {
	margin-block-start: 0.25em;
	font-size: 0.94em;
	color: var(--ink-soft);
}

.code .picture {
	padding: 1.6em;
}

.qr {
	inline-size: min(100%, 20em);
	block-size: auto;
	border-radius: calc(var(--round) * 0.8);
	background: #fff;
	box-shadow: var(--lift);
}

.note {
	color: var(--ink-soft);
	font-size: 0.94em;
}

.left {
	display: flex;
	align-items: center;
	gap: 0.5em;
	font-weight: 600;
	color: var(--accent);
}

/* What most people want on a line of its own, the rest beside each other below it. */
.welcome .actions:has(button:nth-child(3)) {
	grid-auto-flow: row;
	grid-auto-columns: auto;
	grid-template-columns: 1fr 1fr;
	gap: 0.7em;
}

.welcome .actions:has(button:nth-child(3)) button:first-child {
	grid-column: 1 / -1;
}

.welcome .column {
	gap: 0.85em;
	padding-block: 1.7em;
}

.welcome .how {
	gap: 0.45em;
}

.welcome .terms p {
	line-height: 1.38;
}

@container (max-width: 32em) and (max-height: 64em) {
	.intro.code .picture {
		display: grid;
	}

	.qr {
		inline-size: min(70cqi, 40cqb);
	}
}

@container (max-height: 34em) and (min-aspect-ratio: 1 / 1) {
	.intro.code {
		grid-template-columns: auto minmax(0, 1fr);
	}

	.intro.code .picture {
		display: grid;
		padding: 0.8em;
	}

	.qr {
		inline-size: min(62cqb, 34cqi);
	}

	.welcome .actions:has(button:nth-child(3)) {
		grid-template-columns: repeat(3, 1fr);
	}

	.welcome .actions:has(button:nth-child(3)) button:first-child {
		grid-column: auto;
	}

	.welcome .column {
		gap: 0.6em;
		padding-block: 1em;
	}

	.terms {
		padding: 0.6em 0.9em;
		line-height: 1.35;
	}
}
`;var Ht={brand:"Secure verification",welcomeTitle:"Confirm that it is you",welcomeLead:"Your bank asks you to confirm your identity with your face. It takes about a minute.",first:"Have your face well lit, without sunglasses or mask",second:"Allow the camera when you are asked",third:"Look at the screen while its colours change",consentTitle:"Your consent",consent:"We take pictures of your face and compare them to confirm your identity and to prevent fraud. They are stored encrypted, for this purpose only and for a limited time. You may refuse, and ask the staff for another way.",agree:"I agree and continue",begin:"Continue",phone:"Use my phone",cancel:"Cancel",phoneTitle:"Continue on your phone",phoneLead:"Point your phone's camera at the code and open the address that it shows.",phoneNote:"Your phone must be in the same network as this device. The code works once.",phoneLeft:"Valid for {n} min",here:"Continue here instead",phoneLate:"The code has expired",phoneLateText:"Make a new one, or continue here.",phoneNew:"Show a new code",phoneTaken:"Go on with your phone",phoneTakenText:"The code was read. Follow the steps on your phone; this page follows you.",back:"Bring it back here",waitTitle:"One moment",wait:"We are sending your capture.",doneTitle:"Thank you",done:"Your verification has been received. There is nothing more to do here.",doneGo:"Your verification has been received. We are taking you back.",alreadyTitle:"Already finished",already:"This verification has been completed before. There is nothing more to do here.",go:"Continue",goBack:"Go back",expiredTitle:"This link has expired",expired:"The time for this verification is over. Ask for a new link where you got this one.",failedTitle:"It did not work out",failed:"Something went wrong on our side and the verification could not be completed. It is nothing that you did. Please start again where you came from.",leftTitle:"Cancelled",left:"Nothing was sent. You can open the link again as long as it is valid.",elsewhereTitle:"Open in another place",elsewhere:"This verification is going on in another window or on another device.",takeBack:"Continue here",tokenTitle:"This link does not work",token:"It may be incomplete, or the code was used before. Ask for a new one.",againTitle:"Let us try once more",again:"The capture could not be used. Please try again.",pauseTitle:"A short break",pause:"There were several tries in a row. Please wait {n} seconds, then try again.",networkTitle:"No connection",network:"The service cannot be reached at the moment. Check the network and try again.",retry:"Try again",foreignTitle:"This page cannot be shown here",foreign:"It was embedded by a site that is not allowed to do so."},Nt={brand:"Verificação segura",welcomeTitle:"Confirme que é você",welcomeLead:"Seu banco pede que você confirme sua identidade com o rosto. Leva cerca de um minuto.",first:"Fique em um lugar iluminado, sem óculos escuros ou máscara",second:"Permita o uso da câmera quando for perguntado",third:"Olhe para a tela enquanto as cores mudam",consentTitle:"Seu consentimento",consent:"Fazemos imagens do seu rosto e as comparamos para confirmar sua identidade e prevenir fraudes. Elas são guardadas de forma criptografada, só para essa finalidade e por tempo limitado. Você pode recusar e pedir outro meio à equipe.",agree:"Concordo e continuar",begin:"Continuar",phone:"Usar meu celular",cancel:"Cancelar",phoneTitle:"Continue no seu celular",phoneLead:"Aponte a câmera do celular para o código e abra o endereço que aparecer.",phoneNote:"O celular precisa estar na mesma rede que este aparelho. O código funciona uma vez.",phoneLeft:"Válido por {n} min",here:"Continuar por aqui",phoneLate:"O código expirou",phoneLateText:"Gere outro código ou continue por aqui.",phoneNew:"Mostrar outro código",phoneTaken:"Siga no celular",phoneTakenText:"O código foi lido. Siga os passos no celular; esta página acompanha você.",back:"Trazer de volta para cá",waitTitle:"Um momento",wait:"Estamos enviando a captura.",doneTitle:"Obrigado",done:"Sua verificação foi recebida. Não é preciso fazer mais nada aqui.",doneGo:"Sua verificação foi recebida. Estamos levando você de volta.",alreadyTitle:"Já concluída",already:"Esta verificação já foi feita. Não é preciso fazer mais nada aqui.",go:"Continuar",goBack:"Voltar",expiredTitle:"Este link expirou",expired:"O prazo desta verificação terminou. Peça um novo link onde você recebeu este.",failedTitle:"Não foi possível concluir",failed:"Algo deu errado do nosso lado e a verificação não pôde ser concluída. Não foi nada que você fez. Comece de novo por onde você veio.",leftTitle:"Cancelado",left:"Nada foi enviado. Você pode abrir o link de novo enquanto ele valer.",elsewhereTitle:"Aberta em outro lugar",elsewhere:"Esta verificação continua em outra janela ou em outro aparelho.",takeBack:"Continuar por aqui",tokenTitle:"Este link não funciona",token:"Ele pode estar incompleto, ou o código já foi usado. Peça um novo.",againTitle:"Vamos tentar de novo",again:"A captura não pôde ser usada. Tente mais uma vez, por favor.",pauseTitle:"Uma pausa curta",pause:"Houve várias tentativas seguidas. Espere {n} segundos e tente de novo.",networkTitle:"Sem conexão",network:"O serviço não responde no momento. Verifique a rede e tente de novo.",retry:"Tentar de novo",foreignTitle:"Esta página não pode ser mostrada aqui",foreign:"Ela foi incorporada por um site que não tem permissão."},Bt={brand:"Verifikasi aman",welcomeTitle:"Konfirmasi bahwa ini Anda",welcomeLead:"Bank Anda meminta konfirmasi identitas dengan wajah Anda. Waktunya sekitar satu menit.",first:"Pastikan wajah cukup terang, tanpa kacamata hitam atau masker",second:"Izinkan kamera saat diminta",third:"Lihat layar selama warnanya berubah",consentTitle:"Persetujuan Anda",consent:"Kami mengambil gambar wajah Anda dan membandingkannya untuk memastikan identitas Anda dan mencegah penipuan. Gambar disimpan terenkripsi, hanya untuk tujuan ini dan untuk waktu terbatas. Anda boleh menolak dan meminta cara lain kepada petugas.",agree:"Saya setuju dan lanjut",begin:"Lanjut",phone:"Pakai ponsel saya",cancel:"Batal",phoneTitle:"Lanjutkan di ponsel Anda",phoneLead:"Arahkan kamera ponsel ke kode ini dan buka alamat yang muncul.",phoneNote:"Ponsel harus berada di jaringan yang sama dengan perangkat ini. Kode berlaku satu kali.",phoneLeft:"Berlaku {n} menit",here:"Lanjut di sini saja",phoneLate:"Kode sudah kedaluwarsa",phoneLateText:"Buat kode baru, atau lanjut di sini.",phoneNew:"Tampilkan kode baru",phoneTaken:"Lanjutkan dengan ponsel",phoneTakenText:"Kode sudah dibaca. Ikuti langkah di ponsel Anda; halaman ini mengikuti.",back:"Kembalikan ke sini",waitTitle:"Sebentar",wait:"Kami sedang mengirim hasil kamera.",doneTitle:"Terima kasih",done:"Verifikasi Anda sudah diterima. Tidak ada lagi yang perlu dilakukan di sini.",doneGo:"Verifikasi Anda sudah diterima. Anda sedang diarahkan kembali.",alreadyTitle:"Sudah selesai",already:"Verifikasi ini sudah dilakukan. Tidak ada lagi yang perlu dilakukan di sini.",go:"Lanjut",goBack:"Kembali",expiredTitle:"Tautan ini sudah kedaluwarsa",expired:"Waktu untuk verifikasi ini sudah habis. Mintalah tautan baru di tempat Anda menerima tautan ini.",failedTitle:"Belum berhasil",failed:"Ada gangguan di pihak kami sehingga verifikasi tidak dapat diselesaikan. Ini bukan kesalahan Anda. Silakan mulai lagi dari tempat asal Anda.",leftTitle:"Dibatalkan",left:"Tidak ada yang dikirim. Anda dapat membuka tautan ini lagi selama masih berlaku.",elsewhereTitle:"Terbuka di tempat lain",elsewhere:"Verifikasi ini sedang berjalan di jendela atau perangkat lain.",takeBack:"Lanjut di sini",tokenTitle:"Tautan ini tidak berfungsi",token:"Mungkin tidak lengkap, atau kodenya sudah dipakai. Mintalah yang baru.",againTitle:"Mari coba sekali lagi",again:"Hasil kamera tidak dapat dipakai. Silakan coba lagi.",pauseTitle:"Jeda sebentar",pause:"Sudah ada beberapa percobaan berturut-turut. Tunggu {n} detik, lalu coba lagi.",networkTitle:"Tidak ada koneksi",network:"Layanan sedang tidak dapat dihubungi. Periksa jaringan dan coba lagi.",retry:"Coba lagi",foreignTitle:"Halaman ini tidak dapat ditampilkan di sini",foreign:"Halaman ini disematkan oleh situs yang tidak diizinkan."},Kt={en:Ht,"pt-BR":Nt,id:Bt};function Ye(a){return Kt[a]}var F=class extends HTMLElement{#e=new R;constructor(){super();let e=this.attachShadow({mode:"open"});$(e,$e),e.append(this.#e.element)}get locale(){return X([this.getAttribute("locale"),...navigator.languages])}get words(){return Ye(this.locale)}show(e,t){this.dataset.screen=t,this.querySelector("[slot=brand]")||this.append(ke(this.words.brand)),this.#e.show(e,this.locale,!0)}};function ke(a){return r("span",{slot:"brand",class:"journey-brand"},Vt(),r("span",{},a))}function Vt(){return l("svg",{viewBox:"0 0 24 24",width:"20",height:"20",fill:"none",stroke:"currentColor","stroke-width":"1.9","aria-hidden":"true"},l("path",{d:"M12 3l7.5 2.8v5.4c0 4.8-3 8.1-7.5 9.8-4.5-1.7-7.5-5-7.5-9.8V5.8z"}),l("path",{d:"M8.7 12.2l2.4 2.4 4.3-4.6","stroke-linecap":"round","stroke-linejoin":"round"}))}function Qe(a,e,...t){let n=(i,o)=>r("li",{},r("span",{class:"badge"},x(i)),r("span",{},o));return j("intro welcome",0,r("div",{class:"picture"},ae()),r("div",{class:"column"},q(a.welcomeTitle),I(a.welcomeLead),r("ol",{class:"how"},n("light",a.first),n("camera",a.second),n("screen",a.third)),e&&r("div",{class:"terms",role:"note"},r("strong",{},a.consentTitle),r("p",{},a.consent)),V(...t)))}function Xe(a,e,t,...n){let o=e.size+8;return j("intro code",0,r("div",{class:"picture"},l("svg",{viewBox:`-4 -4 ${o} ${o}`,class:"qr",role:"img","aria-label":a.phoneTitle,"shape-rendering":"crispEdges"},l("rect",{x:String(-4),y:String(-4),width:String(o),height:String(o),fill:"#fff"}),l("path",{d:e.path,fill:"#000"}))),r("div",{class:"column"},q(a.phoneTitle),I(a.phoneLead),r("p",{class:"note"},a.phoneNote),r("p",{class:"left"},x("wait"),r("span",{},a.phoneLeft.replace("{n}",String(t)))),V(...n)))}customElements.get("rostod-journey")||customElements.define("rostod-journey",F);var et=2200,tt=2e3,c=new F,v=new ce(Dt()),d,B;function Dt(){let a=location.hash.slice(1);return a&&at(a,a),G("token")||G("link")}function at(a,e){history.replaceState({link:a,token:e},"",location.pathname+location.search)}function G(a){let e=history.state,t=typeof e=="object"&&e!==null?e[a]:void 0;return typeof t=="string"?t:""}var be=()=>window.parent!==window;function H(a){let e=be()?window.parent:window.opener;if(!e||!d)return;let t=location.ancestorOrigins?.[0];for(let n of[location.origin,...d.origins])(!t||t===n)&&e.postMessage({source:"rostod-journey",type:a,processId:d.processId},n)}function Ft(){let a=location.ancestorOrigins?.[0];return!be()||!a||a===location.origin||(d?.origins??[]).includes(a)}function J(a){document.documentElement.lang=c.locale,document.title=c.words.brand,a.isConnected||document.body.replaceChildren(a)}function g(a,e,t,n,...i){J(c),c.show(b(e,t,n,...i.filter(o=>o!==void 0)),a)}var p=(a,e,t=!0)=>({text:a,primary:t,act:()=>{e()}});function we(){let a=d?.callbackUri;if(!(!a||a==="/"||be()))return()=>location.assign(a)}function U(a=c.words.go){let e=we();return e&&p(a,e)}async function S(a=v.token){clearTimeout(B),v.token=a;try{d=await v.open()}catch(e){return L(e,()=>S(a))}if(d.locale&&c.setAttribute("locale",d.locale),d.token&&(v.token=d.token,at(G("link")||a,d.token)),!Ft())return g("foreign",{tone:"stop",drawing:"shield"},c.words.foreignTitle,c.words.foreign);H("opened"),de(!0)}function de(a){let e=c.words;switch(d?.state){case"going":return ye();case"received":return g("received",{tone:"wait",step:3},e.waitTitle,e.wait),rt(()=>de(!1));case"done":return a?g("already",{tone:"good"},e.alreadyTitle,e.already,U()):Ut();case"expired":return H("expired"),g("expired",{tone:"stop",drawing:"wait"},e.expiredTitle,e.expired,U());default:return H("finished"),g("failed",{tone:"stop",drawing:"shield"},e.failedTitle,e.failed,U())}}function Ut(){let a=c.words,e=we();H("finished"),g("done",{tone:"good",step:3},a.doneTitle,e?a.doneGo:a.done,U()),e&&setTimeout(e,et)}function ye(){if(!d)return;let a=c.words,e=d.consent;if(!e&&!d.phone)return N();let t=p(e?a.agree:a.begin,e?nt:N),n=d.phone?[t,p(a.phone,ot,!1),p(a.cancel,z,!1)]:[t,p(a.cancel,z,!1)];J(c),c.show(Qe(a,e,...n),"welcome")}async function nt(){try{await v.consent(),d&&(d.consent=!1),N()}catch(a){L(a,nt)}}function N(){let a=new W;a.setAttribute("locale",c.locale),a.setAttribute("other-way","cancel"),a.append(ke(c.words.brand)),a.renew=()=>v.challenge().catch(e=>{throw L(e,N),e}),a.addEventListener("rostod-captured",e=>{let{bundle:t}=e.detail;it(t)}),a.addEventListener("rostod-other-way",()=>{z()}),H("started"),J(a)}async function it(a){let e=c.words;g("sending",{tone:"wait",step:3},e.waitTitle,e.wait);try{let{state:t}=await v.capture(a);d&&(d.state=t),de(!1)}catch(t){L(t,()=>it(a))}}async function ot(){let a=c.words;g("code-wait",{tone:"wait"},a.waitTitle,"");try{let e=await v.handOver();Gt(e)}catch(e){L(e,ye)}}function Gt(a){let e=c.words,t=Date.parse(a.expiresAt),n=-1,i=!1,o=async()=>{if(!i&&Date.now()>=t)return g("code-late",{tone:"again",drawing:"wait"},e.phoneLate,e.phoneLateText,p(e.phoneNew,ot),p(e.here,Ze,!1));let s=Math.max(1,Math.ceil((t-Date.now())/6e4));!i&&s!==n&&(n=s,J(c),c.show(Xe(e,a,s,p(e.here,Ze),p(e.cancel,z,!1)),"code"));try{let{state:u,leads:m}=await v.state();if(d&&(d.state=u),u!=="going")return de(!1);!m&&!i&&(i=!0,g("taken",{tone:"wait"},e.phoneTaken,e.phoneTakenText,p(e.back,()=>S(),!1)))}catch(u){if(!(u instanceof y&&u.code==="network"))return L(u,S)}B=setTimeout(()=>{o()},tt)};o()}function Ze(){clearTimeout(B),ye()}function rt(a){B=setTimeout(async()=>{try{let e=d?.state,{state:t}=await v.state();if(d&&(d.state=t),t!==e)return a()}catch(e){if(!(e instanceof y&&e.code==="network"))return L(e,S)}rt(a)},tt)}async function z(){clearTimeout(B);let a=c.words,e=we();try{await v.leave()}catch(t){if(t instanceof y&&t.code==="network")return L(t,z)}H("left"),g("left",{tone:"stop"},a.leftTitle,a.left,U(a.goBack),p(a.retry,()=>S(G("link")),!1)),e&&setTimeout(()=>c.dataset.screen==="left"&&e(),et)}function L(a,e){clearTimeout(B);let t=c.words,{code:n,retryAfter:i}=a instanceof y?a:new y("failed");switch(n){case"journey/token":case"auth/token-missing":case"auth/malformed":return g("token",{tone:"stop",drawing:"link"},t.tokenTitle,t.token);case"journey/elsewhere":{let o=G("link"),s=o.startsWith("jl_");return g("elsewhere",{tone:"again",drawing:"screen"},t.elsewhereTitle,t.elsewhere,s?p(t.takeBack,()=>S(o)):void 0)}case"journey/over":return void S();case"journey/no-consent":return void S();case"challenge/too-many":return g("pause",{tone:"again",drawing:"wait"},t.pauseTitle,P(t.pause,i||60),p(t.retry,N),p(t.cancel,z,!1));case"network":case"models/busy":case"request/timeout":return g("network",{tone:"again",drawing:"cable"},t.networkTitle,t.network,p(t.retry,e));default:return g("again",{tone:"again"},t.againTitle,t.again,p(t.retry,N),p(t.cancel,z,!1))}}J(c);Y()?S():g("old",{tone:"stop",drawing:"screen"},c.words.failedTitle,c.words.failed);
