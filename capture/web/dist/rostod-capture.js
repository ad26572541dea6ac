var $=`/* All of it is inside the element. Sizes follow the element, not the window:
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
`;var J=`/* The first screen. */

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
`;var Y=`/* Narrow or tall. */

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
`;var Q=`/* The stage: opaque, four tiles, and a mark of the same luminance. */

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
`;function X(i,e=""){try{let t=new CSSStyleSheet;t.replaceSync([$,J,Y,Q,e].join(`
`)),i.adoptedStyleSheets=[t]}catch{return}}function Z(){return typeof RTCPeerConnection=="function"&&"addTransceiver"in RTCPeerConnection.prototype&&"setParameters"in RTCRtpSender.prototype&&typeof HTMLDialogElement=="function"&&CSS.supports("container-type","size")}var m=class extends Error{constructor(t){super(t);this.trouble=t}trouble},ee="rostod.camera";function Le(i,e){return{width:{ideal:640},height:{ideal:480},frameRate:{ideal:30,min:e},...i?{deviceId:{ideal:i}}:{facingMode:"user"},resizeMode:"none",backgroundBlur:!1,faceFraming:!1,eyeGazeCorrection:!1}}var v=class i{track;stream;#e;constructor(e,t,a){this.stream=e,this.track=t,this.#e=a,t.contentHint="motion"}static async open(e=Ee()){if(!window.isSecureContext)throw new m("insecure");if(!navigator.mediaDevices?.getUserMedia)throw new m("old_browser");for(let t of[24,15]){let a=Le(e,t);try{let n=await navigator.mediaDevices.getUserMedia({video:a,audio:!1}),r=n.getVideoTracks()[0];if(!r)throw new m("no_camera");let s=new i(n,r,a);return await s.#t(),s}catch(n){if(!(n instanceof DOMException&&n.name==="OverconstrainedError")||t===15)throw Re(n)}}throw new m("slow_camera")}static async choices(){try{return(await navigator.mediaDevices.enumerateDevices()).filter(t=>t.kind==="videoinput"&&t.deviceId).map(t=>({id:t.deviceId,label:t.label}))}catch{return[]}}get id(){return this.track.getSettings().deviceId??""}remember(){try{localStorage.setItem(ee,this.id)}catch{}}report(){let e={};for(let[t,a]of Object.entries(this.track.getSettings()))t!=="deviceId"&&t!=="groupId"&&(e[t]=a);return{label:this.track.label.slice(0,120),settings:e}}async lock(){let e=this.track.getCapabilities?.()??{},t=this.track.getSettings(),a={};if(e.exposureMode?.includes("manual")&&t.exposureTime!==void 0&&Object.assign(a,{exposureMode:"manual",exposureTime:t.exposureTime}),e.whiteBalanceMode?.includes("manual")&&t.colorTemperature!==void 0&&Object.assign(a,{whiteBalanceMode:"manual",colorTemperature:t.colorTemperature}),e.focusMode?.includes("manual")&&t.focusDistance!==void 0&&Object.assign(a,{focusMode:"manual",focusDistance:t.focusDistance}),Object.keys(a).length!==0)try{await this.track.applyConstraints({...this.#e,advanced:[a]})}catch{}}stop(){for(let e of this.stream.getTracks())e.stop()}async#t(){if((this.track.getSettings().width??0)<=800)return;let e={...this.#e,resizeMode:"crop-and-scale"};try{await this.track.applyConstraints(e),this.#e=e}catch{}}};function Ee(){try{return localStorage.getItem(ee)??""}catch{return""}}function Re(i){if(i instanceof m)return i;switch(i instanceof DOMException?i.name:""){case"NotAllowedError":case"SecurityError":return new m("denied");case"NotReadableError":case"AbortError":return new m("in_use");case"OverconstrainedError":return new m("slow_camera");default:return new m("no_camera")}}function c(){return performance.timeOrigin+performance.now()}function K(i){return performance.timeOrigin+i}function p(i){return new Promise(e=>setTimeout(e,i))}function S(){return new Promise(i=>requestAnimationFrame(i))}async function te(i=24){let e=[],t=p(1e3).then(()=>{}),a=await Promise.race([S(),t]);for(;a!==void 0&&e.length<i;){let r=await Promise.race([S(),t]);if(r===void 0)break;r>a&&e.push(r-a),a=r}e.sort((r,s)=>r-s);let n=e[e.length>>1];return n!==void 0&&e.length>=8?Math.min(100,Math.max(4,n)):1e3/60}function o(i,e={},...t){let a=document.createElement(i);return ae(a,e,t),a}function l(i,e={},...t){let a=document.createElementNS("http://www.w3.org/2000/svg",i);return ae(a,e,t),a}function ae(i,e,t){for(let[a,n]of Object.entries(e))typeof n=="function"?i.addEventListener(a,n):n===!0?i.setAttribute(a,""):n!==!1&&i.setAttribute(a,n);for(let a of t)a&&i.append(a)}var je=1500,P=class{element=o("div",{class:"aloud","aria-live":"polite","aria-atomic":"true"});#e=0;#t;say(e){clearTimeout(this.#t),this.#e=c(),this.element.textContent=e}mention(e){clearTimeout(this.#t),this.#t=setTimeout(()=>this.say(e),Math.max(0,this.#e+je-c()))}hush(){clearTimeout(this.#t)}};var ie={region:"Face check",step:"Step {n} of 3",introTitle:"Confirm it’s you",introLead:"The camera will check that a real person is in front of the screen. It takes less than a minute.",introFirst:"Turn on the camera",introSecond:"Fit your face in the oval",introThird:"Look at the screen for six seconds",cautionTitle:"The screen will change colour",caution:"For about six seconds the whole screen changes between a few colours. If changing colours or lights can make you unwell, for example with photosensitive epilepsy or migraine, please use another way. It makes no difference to your request.",cautionLeave:"For about six seconds the whole screen changes between a few colours. If changing colours or lights can make you unwell, for example with photosensitive epilepsy or migraine, please choose “Cancel” and tell the staff.",reduced:"This device is set to show less motion, so we suggest another way.",reducedLeave:"This device is set to show less motion, so we suggest not to go on.",noflashTitle:"This check has no colours",noflash:"The check with colours was switched off for this request, and the screen will not change. Please go on another way.",noflashLeave:"The check with colours was switched off for this request, and the screen will not change. Please choose “Cancel” and tell the staff.",go:"Continue",goAnyway:"Continue with colours",other:"Use another way",leave:"Cancel",askingTitle:"Please allow the camera",asking:"Your browser is asking if this page may use the camera. Choose “Allow”.",connectingTitle:"Getting ready",connecting:"Connecting the camera…",guideTitle:"Fit your face in the oval",guide:"Take off sunglasses or a mask, and look straight at the screen.",readyTitle:"That’s perfect",ready:"Press Start, then keep still for six seconds. Any key or touch stops it.",start:"Start",cooling:"One moment, please",camera:"Camera",cameraNumber:"Camera {n}",preview:"Your camera picture, mirrored",hint:"Look straight at the screen",hintReady:"Perfect, stay like this",no_face:"Move your face into the oval",several_faces:"Only one person, please",closer:"Come a little closer",back:"Move back a little",center:"Move to the middle of the oval",more_light:"We need more light on your face",less_light:"It is too bright: turn away from the window or lamp",hold_still:"Keep still",face_forward:"Face the screen",low_bitrate:"Improving the picture, one moment",low_frame_rate:"The camera sends too few pictures: more light helps",camera_locked:"Adjusting the camera, one moment",display_unstable:"Close other programs, so that the screen runs smoothly",stream_gap:"The camera picture was interrupted",slow_network:"The connection is slow: check the network, then try again",stageLabel:"The colours begin. Face forward and keep still for six seconds. Any key stops them.",stageText:"Keep still",announceEnd:"The colours are over.",checkingTitle:"One moment",checking:"We are checking the picture…",capturedTitle:"Thank you",captured:"This part is done. You can look away now.",retryTitle:"Let’s try once more",retry:"The picture was not clear enough.",again:"Try again",renewing:"Preparing a new try…",stoppedTitle:"Stopped",stopped_user:"The colours were stopped because a key or the screen was touched.",stopped_hidden:"The page was left while the colours were shown. Please stay on this page.",stopped_stalled:"The screen stood still for a moment while the colours were shown. It is not your fault.",stopped_resized:"The window changed its size while the colours were shown. Please leave it as it is.",stopped_fullscreen_lost:"Full screen was left while the colours were shown. Please stay in full screen.",stopped_camera_lost:"The camera stopped. Check that it is connected, then try again.",otherTitle:"Let’s do this another way",otherText:"Please ask a member of staff, or follow the other steps that are offered to you.",leftTitle:"The check was ended",leftText:"Nothing was recorded.",deniedTitle:"The camera is not allowed",denied:"Allow the camera for this page: choose the camera symbol in the address bar, then “Allow”. After that, try again.",no_cameraTitle:"No camera found",no_camera:"Connect a camera to this device, then try again.",in_useTitle:"The camera is busy",in_use:"Another program is using the camera. Close it, then try again.",slow_cameraTitle:"This camera is too slow",slow_camera:"The camera must take at least 15 pictures a second. Choose another camera or more light, then try again.",insecureTitle:"This page is not secure",insecure:"Browsers allow the camera only on pages whose address begins with https. Please tell the staff.",old_browserTitle:"This browser is too old",old_browser:"Please update the browser, or use a current version of Chrome, Edge, Firefox or Safari.",networkTitle:"No connection",network:"The service cannot be reached. Check the connection, then try again.",link_lostTitle:"The connection was lost",link_lost:"Check the connection, then try again.",busyTitle:"Many people are using the service",busy:"We will try again in {n} seconds.",expiredTitle:"The time has run out",expired:"This check was open for too long. Please start a new one.",usedTitle:"This check was already used",used:"Each check can be used once. Please start a new one.",unknownTitle:"This check does not exist",unknown:"The link is wrong or no longer valid. Please start again where you came from.",tokenTitle:"This link is not complete",token:"Open the link again exactly as you received it, or ask for a new one.",foreignTitle:"This page may not be shown here",foreign:"Please start again on the page of your bank or service.",failedTitle:"Something went wrong",failed:"It is not your fault. Please try again."};var ne={region:"Pemeriksaan wajah",step:"Langkah {n} dari 3",introTitle:"Pastikan ini Anda",introLead:"Kamera akan memeriksa bahwa orang sungguhan berada di depan layar. Waktunya kurang dari satu menit.",introFirst:"Nyalakan kamera",introSecond:"Tempatkan wajah di dalam oval",introThird:"Tatap layar selama enam detik",cautionTitle:"Layar akan berganti warna",caution:"Selama sekitar enam detik, seluruh layar berganti di antara beberapa warna. Jika perubahan warna atau cahaya dapat membuat Anda tidak sehat, misalnya karena epilepsi fotosensitif atau migrain, gunakan cara lain. Hal ini tidak memengaruhi permohonan Anda.",cautionLeave:"Selama sekitar enam detik, seluruh layar berganti di antara beberapa warna. Jika perubahan warna atau cahaya dapat membuat Anda tidak sehat, misalnya karena epilepsi fotosensitif atau migrain, pilih “Batalkan” dan beri tahu petugas.",reduced:"Perangkat ini diatur untuk mengurangi gerakan, jadi kami menyarankan cara lain.",reducedLeave:"Perangkat ini diatur untuk mengurangi gerakan, jadi kami menyarankan untuk tidak melanjutkan.",noflashTitle:"Pemeriksaan ini tanpa warna",noflash:"Pemeriksaan dengan warna dimatikan untuk permohonan ini, dan layar tidak akan berubah. Silakan gunakan cara lain.",noflashLeave:"Pemeriksaan dengan warna dimatikan untuk permohonan ini, dan layar tidak akan berubah. Pilih “Batalkan” dan beri tahu petugas.",go:"Lanjutkan",goAnyway:"Lanjutkan dengan warna",other:"Gunakan cara lain",leave:"Batalkan",askingTitle:"Izinkan kamera",asking:"Peramban menanyakan apakah halaman ini boleh memakai kamera. Pilih “Izinkan”.",connectingTitle:"Menyiapkan",connecting:"Menghubungkan kamera…",guideTitle:"Tempatkan wajah di dalam oval",guide:"Lepaskan kacamata hitam atau masker, lalu tatap layar lurus ke depan.",readyTitle:"Sudah pas",ready:"Tekan Mulai, lalu diam selama enam detik. Tombol atau sentuhan apa pun akan menghentikannya.",start:"Mulai",cooling:"Mohon tunggu sebentar",camera:"Kamera",cameraNumber:"Kamera {n}",preview:"Gambar kamera Anda, dicerminkan",hint:"Tatap layar lurus ke depan",hintReady:"Sudah pas, tetap seperti ini",no_face:"Arahkan wajah ke dalam oval",several_faces:"Hanya satu orang",closer:"Mendekat sedikit",back:"Mundur sedikit",center:"Geser ke tengah oval",more_light:"Wajah Anda perlu lebih banyak cahaya",less_light:"Terlalu terang: menjauh dari jendela atau lampu",hold_still:"Jangan bergerak",face_forward:"Hadapkan wajah ke layar",low_bitrate:"Memperbaiki gambar, tunggu sebentar",low_frame_rate:"Kamera mengirim terlalu sedikit gambar: tambah cahaya",camera_locked:"Menyesuaikan kamera, tunggu sebentar",display_unstable:"Tutup program lain agar layar berjalan lancar",stream_gap:"Gambar kamera terputus",slow_network:"Koneksi lambat: periksa jaringan, lalu coba lagi",stageLabel:"Warna akan dimulai. Hadap ke depan dan diam selama enam detik. Tombol apa pun menghentikannya.",stageText:"Jangan bergerak",announceEnd:"Warna sudah selesai.",checkingTitle:"Tunggu sebentar",checking:"Kami sedang memeriksa gambar…",capturedTitle:"Terima kasih",captured:"Bagian ini selesai. Anda boleh mengalihkan pandangan.",retryTitle:"Mari coba sekali lagi",retry:"Gambarnya belum cukup jelas.",again:"Coba lagi",renewing:"Menyiapkan percobaan baru…",stoppedTitle:"Dihentikan",stopped_user:"Warna dihentikan karena ada tombol atau layar yang disentuh.",stopped_hidden:"Halaman ditinggalkan saat warna ditampilkan. Tetaplah di halaman ini.",stopped_stalled:"Layar sempat berhenti saat warna ditampilkan. Ini bukan kesalahan Anda.",stopped_resized:"Ukuran jendela berubah saat warna ditampilkan. Biarkan seperti semula.",stopped_fullscreen_lost:"Layar penuh ditutup saat warna ditampilkan. Tetaplah di layar penuh.",stopped_camera_lost:"Kamera berhenti. Pastikan kamera tersambung, lalu coba lagi.",otherTitle:"Mari gunakan cara lain",otherText:"Hubungi petugas, atau ikuti langkah lain yang ditawarkan kepada Anda.",leftTitle:"Pemeriksaan diakhiri",leftText:"Tidak ada yang direkam.",deniedTitle:"Kamera tidak diizinkan",denied:"Izinkan kamera untuk halaman ini: pilih simbol kamera di bilah alamat, lalu “Izinkan”. Setelah itu coba lagi.",no_cameraTitle:"Kamera tidak ditemukan",no_camera:"Sambungkan kamera ke perangkat ini, lalu coba lagi.",in_useTitle:"Kamera sedang dipakai",in_use:"Program lain sedang memakai kamera. Tutup program itu, lalu coba lagi.",slow_cameraTitle:"Kamera ini terlalu lambat",slow_camera:"Kamera harus mengambil sedikitnya 15 gambar per detik. Pilih kamera lain atau tambah cahaya, lalu coba lagi.",insecureTitle:"Halaman ini tidak aman",insecure:"Peramban hanya mengizinkan kamera di halaman yang alamatnya diawali https. Beri tahu petugas.",old_browserTitle:"Peramban ini terlalu lama",old_browser:"Perbarui peramban, atau gunakan versi terbaru Chrome, Edge, Firefox, atau Safari.",networkTitle:"Tidak ada koneksi",network:"Layanan tidak dapat dijangkau. Periksa koneksi, lalu coba lagi.",link_lostTitle:"Koneksi terputus",link_lost:"Periksa koneksi, lalu coba lagi.",busyTitle:"Banyak orang sedang memakai layanan ini",busy:"Kami akan mencoba lagi dalam {n} detik.",expiredTitle:"Waktunya habis",expired:"Pemeriksaan ini terbuka terlalu lama. Silakan mulai yang baru.",usedTitle:"Pemeriksaan ini sudah dipakai",used:"Setiap pemeriksaan hanya berlaku satu kali. Silakan mulai yang baru.",unknownTitle:"Pemeriksaan ini tidak ada",unknown:"Tautannya salah atau sudah tidak berlaku. Silakan mulai lagi dari awal.",tokenTitle:"Tautan ini tidak lengkap",token:"Buka kembali tautan persis seperti yang Anda terima, atau minta yang baru.",foreignTitle:"Halaman ini tidak boleh ditampilkan di sini",foreign:"Silakan mulai lagi di halaman bank atau layanan Anda.",failedTitle:"Terjadi kesalahan",failed:"Ini bukan kesalahan Anda. Silakan coba lagi."};var re={region:"Verificação facial",step:"Etapa {n} de 3",introTitle:"Confirme que é você",introLead:"A câmera vai verificar se há uma pessoa real em frente à tela. Leva menos de um minuto.",introFirst:"Ligue a câmera",introSecond:"Encaixe o rosto no oval",introThird:"Olhe para a tela por seis segundos",cautionTitle:"A tela vai mudar de cor",caution:"Por cerca de seis segundos, a tela inteira alterna entre algumas cores. Se mudanças de cor ou de luz podem fazer mal a você, por exemplo por epilepsia fotossensível ou enxaqueca, use outro meio. Isso não prejudica o seu pedido.",cautionLeave:"Por cerca de seis segundos, a tela inteira alterna entre algumas cores. Se mudanças de cor ou de luz podem fazer mal a você, por exemplo por epilepsia fotossensível ou enxaqueca, escolha “Cancelar” e avise a equipe.",reduced:"Este dispositivo está configurado para mostrar menos movimento, por isso sugerimos outro meio.",reducedLeave:"Este dispositivo está configurado para mostrar menos movimento, por isso sugerimos não continuar.",noflashTitle:"Esta verificação não usa cores",noflash:"A verificação com cores foi desativada para este pedido, e a tela não vai mudar. Siga por outro meio.",noflashLeave:"A verificação com cores foi desativada para este pedido, e a tela não vai mudar. Escolha “Cancelar” e avise a equipe.",go:"Continuar",goAnyway:"Continuar com cores",other:"Usar outro meio",leave:"Cancelar",askingTitle:"Permita o uso da câmera",asking:"O navegador está perguntando se esta página pode usar a câmera. Escolha “Permitir”.",connectingTitle:"Preparando",connecting:"Conectando a câmera…",guideTitle:"Encaixe o rosto no oval",guide:"Tire óculos escuros ou máscara e olhe de frente para a tela.",readyTitle:"Perfeito",ready:"Toque em Iniciar e fique parado por seis segundos. Qualquer tecla ou toque interrompe.",start:"Iniciar",cooling:"Um momento, por favor",camera:"Câmera",cameraNumber:"Câmera {n}",preview:"A imagem da sua câmera, espelhada",hint:"Olhe de frente para a tela",hintReady:"Perfeito, fique assim",no_face:"Coloque o rosto dentro do oval",several_faces:"Só uma pessoa, por favor",closer:"Chegue um pouco mais perto",back:"Afaste-se um pouco",center:"Vá para o centro do oval",more_light:"Precisamos de mais luz no seu rosto",less_light:"Há luz demais: afaste-se da janela ou da lâmpada",hold_still:"Fique parado",face_forward:"Olhe de frente",low_bitrate:"Melhorando a imagem, um momento",low_frame_rate:"A câmera está enviando poucas imagens: mais luz ajuda",camera_locked:"Ajustando a câmera, um momento",display_unstable:"Feche outros programas para a tela funcionar sem pausas",stream_gap:"A imagem da câmera foi interrompida",slow_network:"A conexão está lenta: verifique a rede e tente de novo",stageLabel:"As cores vão começar. Olhe de frente e fique parado por seis segundos. Qualquer tecla interrompe.",stageText:"Fique parado",announceEnd:"As cores terminaram.",checkingTitle:"Um momento",checking:"Estamos conferindo a imagem…",capturedTitle:"Obrigado",captured:"Esta parte terminou. Já pode desviar o olhar.",retryTitle:"Vamos tentar mais uma vez",retry:"A imagem não ficou nítida o bastante.",again:"Tentar de novo",renewing:"Preparando uma nova tentativa…",stoppedTitle:"Interrompido",stopped_user:"As cores foram interrompidas por uma tecla ou um toque na tela.",stopped_hidden:"A página foi deixada enquanto as cores apareciam. Permaneça nesta página.",stopped_stalled:"A tela parou por um momento enquanto as cores apareciam. A culpa não é sua.",stopped_resized:"A janela mudou de tamanho enquanto as cores apareciam. Deixe-a como está.",stopped_fullscreen_lost:"A tela cheia foi encerrada enquanto as cores apareciam. Permaneça em tela cheia.",stopped_camera_lost:"A câmera parou. Verifique se ela está conectada e tente de novo.",otherTitle:"Vamos fazer de outro modo",otherText:"Fale com um atendente ou siga as outras opções que forem oferecidas.",leftTitle:"A verificação foi encerrada",leftText:"Nada foi gravado.",deniedTitle:"A câmera não está permitida",denied:"Permita a câmera para esta página: escolha o símbolo da câmera na barra de endereço e depois “Permitir”. Então tente de novo.",no_cameraTitle:"Nenhuma câmera encontrada",no_camera:"Conecte uma câmera a este dispositivo e tente de novo.",in_useTitle:"A câmera está ocupada",in_use:"Outro programa está usando a câmera. Feche-o e tente de novo.",slow_cameraTitle:"Esta câmera é lenta demais",slow_camera:"A câmera precisa captar pelo menos 15 imagens por segundo. Escolha outra câmera ou mais luz e tente de novo.",insecureTitle:"Esta página não é segura",insecure:"Os navegadores só permitem a câmera em páginas cujo endereço começa com https. Avise um atendente.",old_browserTitle:"Este navegador é muito antigo",old_browser:"Atualize o navegador ou use uma versão atual do Chrome, Edge, Firefox ou Safari.",networkTitle:"Sem conexão",network:"Não foi possível acessar o serviço. Verifique a conexão e tente de novo.",link_lostTitle:"A conexão caiu",link_lost:"Verifique a conexão e tente de novo.",busyTitle:"Muitas pessoas estão usando o serviço",busy:"Tentaremos de novo em {n} segundos.",expiredTitle:"O tempo acabou",expired:"Esta verificação ficou aberta por tempo demais. Inicie uma nova.",usedTitle:"Esta verificação já foi usada",used:"Cada verificação vale uma única vez. Inicie uma nova.",unknownTitle:"Esta verificação não existe",unknown:"O link está errado ou não vale mais. Volte ao início do atendimento.",tokenTitle:"Este link está incompleto",token:"Abra o link novamente, exatamente como o recebeu, ou peça um novo.",foreignTitle:"Esta página não pode ser exibida aqui",foreign:"Comece de novo na página do seu banco ou serviço.",failedTitle:"Algo deu errado",failed:"A culpa não é sua. Tente de novo."};var qe={en:ie,"pt-BR":re,id:ne};function oe(i){for(let e of i){let t=e?.toLowerCase().split(/[-_]/)[0];if(t==="pt")return"pt-BR";if(t==="id"||t==="in")return"id";if(t==="en")return"en"}return"en"}function A(i){return qe[i]}function T(i,e){return i.replace("{n}",String(e))}var Ie=new Map([...["no_face","several_faces","closer","back","center","more_light","less_light","hold_still","face_forward","low_bitrate","low_frame_rate","camera_locked","display_unstable","stream_gap","slow_network"].map(i=>[i,i]),["low_light","more_light"],["low_light_response","more_light"],["low_signal","more_light"],["too_dark","more_light"],["overexposed","less_light"],["too_bright","less_light"],["moved","hold_still"],["motion","hold_still"],["try_again","retry"],["gap","stream_gap"],["stream_lost","stream_gap"],["camera_lost","stopped_camera_lost"],["resized","stopped_resized"],["hidden","stopped_hidden"],["stalled","stopped_stalled"],["fullscreen_lost","stopped_fullscreen_lost"],["user","stopped_user"]]);function z(i){return Ie.get(i)}var C=class{ears=new P;element;#e=o("div",{class:"steps",part:"steps",role:"img"},o("i"),o("i"),o("i"));#t=o("div",{class:"body",part:"body"});constructor(){this.element=o("div",{class:"frame",part:"frame",role:"region"},o("div",{class:"top",part:"header"},o("slot",{name:"brand"}),this.#e),this.#t,this.ears.element)}show(e,t,a){let n=A(t);this.element.lang=t,this.element.setAttribute("aria-label",n.region),this.#e.hidden=e.step===0,this.#e.setAttribute("aria-label",T(n.step,e.step)),this.#e.dataset.step=String(e.step),this.#t.replaceChildren(e.element),a&&e.element.focus({preventScroll:!0})}get ground(){let e=getComputedStyle(this.element).backgroundColor.match(/\d+/g)??["255","255","255"],t=a=>Number(a).toString(16).padStart(2,"0");return"#"+e.slice(0,3).map(t).join("")}};var se=new Set(["no_camera","denied","in_use","slow_camera","network","busy"]),le=new Set(["insecure","old_browser","foreign","unknown","token"]),ce={no_camera:"camera",denied:"camera",in_use:"camera",slow_camera:"camera",insecure:"shield",old_browser:"screen",network:"cable",link_lost:"cable",busy:"people",expired:"wait",used:"link",unknown:"link",token:"link",foreign:"shield"};var He=250,L=class{#e;#t=!1;#i=()=>{this.#t&&document.visibilityState==="visible"&&this.#r()};ahead(e){return document.fullscreenEnabled?de(screen.width,screen.height,e):this.now(e)}now(e){return de(innerWidth,innerHeight,e)}async keepAwake(){this.#t||(this.#t=!0,document.addEventListener("visibilitychange",this.#i),await this.#r())}async fill(e){try{await e.requestFullscreen({navigationUI:"hide"})}catch{return}for(let t=0,a="";t<He;t+=50){let n=`${innerWidth} ${innerHeight}`;n!==a&&([a,t]=[n,0]),await p(50)}}async leave(e){this.#t=!1,document.removeEventListener("visibilitychange",this.#i);let t=this.#e;this.#e=void 0,await Promise.allSettled([t?.release(),e.matches(":fullscreen")?document.exitFullscreen():void 0])}async#r(){try{this.#e=await navigator.wakeLock?.request("screen"),this.#t||await this.#e?.release()}catch{}}};function de(i,e,t){return{w:i,h:e,dpr:devicePixelRatio,refreshHz:Math.round(1e4/t)/10}}var Oe={camera:["M3 8.5A2.5 2.5 0 0 1 5.5 6h8A2.5 2.5 0 0 1 16 8.5v7a2.5 2.5 0 0 1-2.5 2.5h-8A2.5 2.5 0 0 1 3 15.5z","M16 10.5l5-3v9l-5-3"],face:["M12 3.2c4 0 6.6 3.4 6.6 8.3S15.8 20.8 12 20.8s-6.6-4.4-6.6-9.3S8 3.2 12 3.2z","M9.3 10.4v.9","M14.7 10.4v.9","M9.4 15.2c1.5 1.4 3.7 1.4 5.2 0"],screen:["M3 5.5h18v11H3z","M12 16.5v3.5","M8 20h8"],warning:["M12 4.2 21 19.5H3z","M12 10v4.5","M12 16.9v.2"],down:["M6 9.5l6 6 6-6"],check:["M5 12.5l4.6 4.7L19 7.5"],again:["M19.5 12a7.5 7.5 0 1 1-2.3-5.4","M19.7 3.8v4.3h-4.3"],stop:["M8 8l8 8","M16 8l-8 8"],hand:["M8 12.5V5.8a1.5 1.5 0 0 1 3 0V11","M11 11V4.5a1.5 1.5 0 0 1 3 0V11","M14 11V5.8a1.5 1.5 0 0 1 3 0v7.7c0 4.3-2 7-5.7 7-3.1 0-4.5-1.8-5.7-4.3L4 13.2a1.5 1.5 0 0 1 2.6-1.5L8 14"],people:["M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z","M2.5 20c.4-3.8 3-6 6.5-6s6.1 2.2 6.5 6","M16 5a3.3 3.3 0 0 1 0 6.4","M18 14.6c2 .8 3.2 2.7 3.5 5.4"],closer:["M12 9V3.5","M9.5 6 12 3.5 14.5 6","M12 15v5.5","M9.5 18l2.5 2.5 2.5-2.5","M9 12H3.5","M6 9.5 3.5 12 6 14.5","M15 12h5.5","M18 9.5l2.5 2.5-2.5 2.5"],back:["M12 3.5V9","M9.5 6.5 12 9l2.5-2.5","M12 20.5V15","M9.5 17.5 12 15l2.5 2.5","M3.5 12H9","M6.5 9.5 9 12l-2.5 2.5","M20.5 12H15","M17.5 9.5 15 12l2.5 2.5"],light:["M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z","M12 2.5v2","M12 19.5v2","M2.5 12h2","M19.5 12h2","M5.3 5.3l1.4 1.4","M17.3 17.3l1.4 1.4","M18.7 5.3l-1.4 1.4","M6.7 17.3l-1.4 1.4"],cable:["M5 12.6a10 10 0 0 1 14 0","M8 15.8a5.7 5.7 0 0 1 8 0","M2.2 9.2a14.2 14.2 0 0 1 19.6 0","M12 19v.2"],shield:["M12 3l7.5 2.8v5.4c0 4.8-3 8.1-7.5 9.8-4.5-1.7-7.5-5-7.5-9.8V5.8z","M12 8.5v4.2","M12 15.8v.2"],link:["M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2","M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2"],wait:["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z","M12 7v5.2l3.3 2"]};function x(i){return l("svg",{viewBox:"0 0 24 24",class:"icon","aria-hidden":"true"},...Oe[i].map(e=>l("path",{d:e})))}function ue(){return l("svg",{viewBox:"0 0 320 320",class:"portrait","aria-hidden":"true"},l("rect",{class:"p-glow p-a",x:"20",y:"20",width:"140",height:"140"}),l("rect",{class:"p-glow p-b",x:"160",y:"20",width:"140",height:"140"}),l("rect",{class:"p-glow p-c",x:"20",y:"160",width:"140",height:"140"}),l("rect",{class:"p-glow p-d",x:"160",y:"160",width:"140",height:"140"}),l("g",{class:"p-inside"},l("path",{class:"p-body",d:"M62 320c3-52 38-78 98-78s95 26 98 78z"}),l("path",{class:"p-neck",d:"M134 208h52v32c0 15-11 25-26 25s-26-10-26-25z"}),l("ellipse",{class:"p-face",cx:"160",cy:"152",rx:"58",ry:"72"}),l("path",{class:"p-hair",d:"M98 156c-8-52 18-92 64-92 44 0 68 38 60 92-4-20-10-34-20-44-26 10-62 8-82-4-12 10-19 26-22 48z"}),l("path",{class:"p-line",d:"M136 146v8M184 146v8M160 150v20l-6 4M141 192c11 10 27 10 38 0"})),l("ellipse",{class:"p-ring",cx:"160",cy:"156",rx:"92",ry:"116"}),l("path",{class:"p-corner",d:"M20 62V40a20 20 0 0 1 20-20h22M258 20h22a20 20 0 0 1 20 20v22M300 258v22a20 20 0 0 1-20 20h-22M62 300H40a20 20 0 0 1-20-20v-22"}))}function W({text:i,primary:e,act:t}){return o("button",{type:"button",class:e?"primary":"secondary",part:e?"button primary":"button secondary",click:t},i)}function he(...i){return o("div",{class:"actions",part:"actions"},...i.map(W))}function F(i,e,...t){return{element:o("section",{class:"screen "+i,part:"screen "+i,role:"group",tabindex:"-1","aria-labelledby":"title","aria-describedby":"text"},...t),step:e}}var N=i=>o("h2",{id:"title",part:"title"},i),B=i=>o("p",{id:"text",class:"text",part:"text"},i);function me(i,e,t,a,n){let r=(s,u)=>o("li",{},o("span",{class:"badge"},x(s)),o("span",{},i[u]));return F("intro",1,o("div",{class:"picture"},ue()),o("div",{class:"column"},N(i.introTitle),B(i.introLead),o("ol",{class:"how",part:"how"},r("camera","introFirst"),r("face","introSecond"),r("screen","introThird")),o("div",{class:"caution",part:"caution",role:"note"},x("warning"),o("div",{},o("strong",{},i.cautionTitle),o("p",{},i[e]),t?o("p",{class:"advice"},i[t]):void 0)),he(a,n)))}var De={wait:"wait",good:"check",again:"again",stop:"stop"};function g(i,e,t,...a){return F("message "+i.tone,i.step??0,o("div",{class:"seal"},x(i.drawing??De[i.tone])),N(e),B(t),a.length>0?he(...a):void 0)}var Ke={several_faces:"people",closer:"closer",back:"back",more_light:"light",less_light:"light",low_bitrate:"wait",camera_locked:"wait"};function We(){let i=e=>l("ellipse",{class:e,cx:"39",cy:"51",rx:"38",ry:"50"});return o("div",{class:"oval",part:"oval"},l("svg",{viewBox:"0 0 78 102"},l("path",{class:"dim",d:"M-400-400H480V500H-400z M1 51a38 50 0 0 0 76 0a38 50 0 0 0-76 0z"}),i("edge"),i("ring")))}var E=class{step=2;element;#e;#t=N("");#i=B("");#r=o("p",{class:"hint",part:"hint"});#l;#m;#d;#n=!1;#o="";constructor(e,t,a){this.#e=e;let n=o("video",{part:"video",autoplay:!0,playsinline:!0,muted:!0,"aria-label":e.preview});n.muted=!0,n.srcObject=t,this.#l=W({text:e.start,primary:!0,act:()=>this.#n&&a.start()}),this.#m=o("select",{id:"camera",part:"select",change:()=>a.choose(this.#m.value)}),this.#d=o("div",{class:"choice",hidden:!0},o("label",{for:"camera"},e.camera),o("div",{class:"select"},this.#m,x("down")));let r=F("guide",2,o("div",{class:"picture"},o("div",{class:"preview",part:"preview"},n,We(),this.#r)),o("div",{class:"column"},this.#t,this.#i,this.#d,o("div",{class:"actions",part:"actions"},this.#l,W(a.other))));this.element=r.element,this.update("connecting","",!1)}update(e,t,a){let n=this.#e;this.#n=e==="ready"&&!a,this.element.dataset.phase=a&&e==="ready"?"position":e,this.#t.textContent=n[e==="connecting"?"connectingTitle":this.#n?"readyTitle":"guideTitle"],this.#i.textContent=this.#n?n.ready:n.guide;let r=z(t),s=e==="connecting"?"connecting":this.#n?"hintReady":e==="ready"?"cooling":r??"hint",u=this.#n?"check":s==="connecting"||s==="cooling"?"wait":Ke[s]??"face",d=this.#n?n.readyTitle+". "+n.ready:n[s];return d===this.#o?"":(this.#o=d,this.#r.replaceChildren(x(u),o("span",{},n[s])),this.#l.setAttribute("aria-disabled",String(!this.#n)),d)}cameras(e,t){let a=e.map((n,r)=>o("option",{value:n.id,selected:n.id===t},n.label||T(this.#e.cameraNumber,r+1)));this.#m.replaceChildren(...a),this.#d.hidden=e.length<2}use(e){let t=this.element.querySelector("video");t&&(t.srcObject=e)}focusStart(){this.#l.focus()}};function ge(i,e){let t=new AbortController,a=t.signal,n=h=>{a.aborted||(t.abort(),e(h))},r=pe(),s=V(i),u=h=>{h instanceof KeyboardEvent&&h.repeat||(h instanceof KeyboardEvent&&(h.key===" "||h.key==="Enter"||h.key==="Tab")&&h.preventDefault(),n("user"))},d=()=>{pe()!==r&&(s?setTimeout(()=>n(V(i)?"resized":"fullscreen_lost"),100):n("resized"))};for(let h of["keydown","pointerdown","touchstart","click"])window.addEventListener(h,u,{capture:!0,signal:a});window.addEventListener("resize",d,{signal:a});let D=setInterval(d,250);return a.addEventListener("abort",()=>clearInterval(D)),document.addEventListener("visibilitychange",()=>document.visibilityState==="hidden"&&n("hidden"),{signal:a}),window.addEventListener("pagehide",()=>n("hidden"),{signal:a}),document.addEventListener("fullscreenchange",()=>s&&!V(i)&&n("fullscreen_lost"),{signal:a}),()=>t.abort()}function pe(){return[innerWidth,innerHeight,devicePixelRatio].join(" ")}function V(i){let e=i.getRootNode();return(e instanceof ShadowRoot?e.fullscreenElement:document.fullscreenElement)===i}var _=class extends Error{constructor(t,a){super(`WHIP ${t}`);this.status=t;this.retryAfter=a}status;retryAfter};async function fe(i,e,t,a){let n=new URL(i,document.baseURI).href,r;try{r=await fetch(n,{method:"POST",headers:{Authorization:`Bearer ${e}`,"Content-Type":"application/sdp"},body:t,signal:a,...ye})}catch{throw new _(0,0)}let s=r.headers.get("Location");if(r.status!==201||!s)throw new _(r.status,Number(r.headers.get("Retry-After"))||0);return{answer:await r.text(),location:new URL(s,n).href}}async function be(i,e){let t={Authorization:`Bearer ${e}`};await fetch(i,{method:"DELETE",headers:t,keepalive:!0,...ye}).catch(()=>{})}var ye={cache:"no-store",credentials:"omit",referrerPolicy:"no-referrer",redirect:"error"};var ke="rostod.capture.v1";function ve(i){if(typeof i!="string"||i.length>4096)return;let e;try{e=JSON.parse(i)}catch{return}if(Ne(e))switch(e.type){case"ping":return k({type:"ping",n:b(e.n),at:b(e.at)});case"pong":return k({type:"pong",n:b(e.n),at:b(e.at),now:b(e.now)});case"guide":return k({type:"guide",state:Te(e.state,"position","ready"),hint:M(e.hint)});case"arm":return k({type:"arm",steps:we(e.steps),leadMs:b(e.leadMs)});case"slot":return k({type:"slot",i:we(e.i),tiles:Be(e.tiles),at:b(e.at),ms:b(e.ms)});case"finish":return{type:"finish"};case"done":return Fe(e);case"error":return k({type:"error",code:M(e.code),hint:M(e.hint)});default:return}}function Fe(i){let e=k({type:"done",outcome:Te(i.outcome,"captured","retry","other_way"),hint:M(i.hint),bundle:M(i.bundle)});return e?.outcome==="captured"&&e.bundle===""?void 0:e}function k(i){for(let e of Object.values(i))if(e===void 0)return;return i}function Ne(i){return typeof i=="object"&&i!==null&&!Array.isArray(i)}function b(i){return typeof i=="number"&&Number.isFinite(i)?i:void 0}function we(i){return typeof i=="number"&&Number.isInteger(i)&&i>=0?i:void 0}function M(i){return i==null?"":typeof i=="string"?i:void 0}function Te(i,...e){return e.find(t=>t===i)}function Be(i){if(!Array.isArray(i)||i.length!==4)return;let[e,t,a,n]=i.map(r=>typeof r=="string"&&/^#[0-9a-f]{6}$/i.test(r)?r.toLowerCase():void 0);return e&&t&&a&&n?[e,t,a,n]:void 0}var Ue=4e6,Ge=8e3,$e=1e3,R=class i{#e=new RTCPeerConnection({iceServers:[],bundlePolicy:"max-bundle"});#t=this.#e.createDataChannel(ke,{ordered:!0});#i;#r;#l;#m;#d=0;#n=0;#o;#s=!1;#c=()=>this.close();constructor(e,t,a){this.#r=t,this.#l=a;let n=this.#e.addTransceiver(e.track,{direction:"sendonly",streams:[e.stream],sendEncodings:[{maxBitrate:Ue,priority:"high",networkPriority:"high"}]});this.#i=n.sender,Je(n)}static async open(e,t,a,n,r){let s=new i(a,t,n);try{await s.#u(e,r)}catch(u){throw s.close(),u}return s}send(e){let t=JSON.stringify(e);this.#t.readyState==="open"&&t.length<=4096&&this.#t.send(t)}async use(e){await this.#i.replaceTrack(e.track)}close(){if(this.#s)return;this.#s=!0,clearInterval(this.#o),window.removeEventListener("pagehide",this.#c);let e=this.#m&&be(this.#m.location,this.#r);Promise.race([e,p($e)]).then(()=>this.#e.close())}async#u(e,t){let a=new Promise((n,r)=>{this.#t.onopen=()=>n(),t.addEventListener("abort",()=>r(t.reason))});a.catch(()=>{}),this.#t.onmessage=n=>this.#f(n.data),this.#t.onclose=()=>this.#a("link_lost"),this.#e.onconnectionstatechange=()=>{this.#e.connectionState==="failed"&&this.#a("link_lost")},await this.#g(),await this.#e.setLocalDescription(await this.#e.createOffer()),this.#m=await fe(e,this.#r,this.#e.localDescription?.sdp??"",t),window.addEventListener("pagehide",this.#c),await this.#e.setRemoteDescription({type:"answer",sdp:this.#m.answer}),await this.#g(),await a,this.#d=c(),this.#o=setInterval(()=>this.#p(),2e3)}async#g(){let e=this.#i.getParameters();try{await this.#i.setParameters({...e,degradationPreference:"maintain-resolution"})}catch{}}#p(){c()-this.#d>Ge?this.#a("link_lost"):this.send({type:"ping",n:this.#n++,at:c()})}#f(e){let t=c(),a=ve(e);this.#d=t,a?a.type==="ping"?this.send({type:"pong",n:a.n,at:a.at,now:t}):a.type!=="pong"&&this.#l.heard(a):this.#a("protocol")}#a(e){this.#s||(this.close(),this.#l.lost(e))}};function Je(i){let t=(RTCRtpSender.getCapabilities?.("video")?.codecs??[]).filter(a=>/^video\/(vp8|rtx)$/i.test(a.mimeType));if(t.some(a=>/vp8/i.test(a.mimeType)))try{i.setCodecPreferences?.(t)}catch{}}var j=600,xe=300,f={connect:12e3,guide:8e3,ready:1500,again:700,arm:5e3,slot:3e3,done:2e4,farewell:1500},Ye=350,q=class{#e;#t=new AbortController;#i;#r;#l="connecting";#m="";#d=!1;#n=!1;#o=0;#s;#c=Promise.resolve();#u=()=>{};#g=Promise.resolve(void 0);#p;#f;#a=()=>{};#k;constructor(e){this.#e=e,this.#i=e.camera,this.#k=new Promise(t=>{this.#a=t})}async run(){let{whipUrl:e,token:t}=this.#e;this.#e.stage.onShown=r=>{this.#v(r)},this.#e.stage.onClosed=()=>this.abort("user"),this.#e.stage.onStalled=()=>this.abort("hidden","stalled"),this.#y(),this.#b(f.connect,"network");let a={heard:r=>this.#_(r),lost:r=>this.#S(r)};R.open(e,t,this.#i,a,this.#t.signal).then(r=>this.#x(r),r=>this.#I(r));let n=await this.#k;return clearTimeout(this.#p),clearTimeout(this.#f),this.#t.abort(),this.#u(),this.#r?.close(),await this.#c,await this.#e.stage.lower(j),n}async begin(){let{stage:e,screen:t,host:a,words:n}=this.#e;if(this.#l!=="ready"||this.#d||(this.#d=!0,await t.fill(a),this.#h))return;this.#u=ge(a,d=>this.abort(d));let{label:r,text:s,ground:u}=n();e.period=this.#e.period,this.#c=e.raise(j,u,r,s),await this.#c;for(let d=c()+f.ready;!this.#A&&c()<d&&!this.#h;)await p(50);if(!this.#h){if(!this.#A)return this.#j();this.#n=!0,this.#b(f.arm,"link_lost"),this.#w()}}#w(){this.#r?.send({type:"start",camera:this.#i.report(),screen:this.#e.screen.now(this.#e.period)})}abort(e,t=e){if(this.#h)return;this.#s=t,this.#r?.send({type:"abort",reason:e}),this.#u();let{stage:a}=this.#e;e==="hidden"?a.close():this.#c=this.#c.then(()=>a.calm(xe)),clearTimeout(this.#p);let n=this.#r&&e!=="hidden"?f.farewell:0;this.#p=setTimeout(()=>this.#a({kind:"aborted",reason:t}),n)}async use(e){this.#i=e,this.#y(),await this.#r?.use(e)}get#h(){return this.#t.signal.aborted||this.#s!==void 0}get#A(){return this.#l==="ready"}#x(e){this.#r=e;let{screen:t,locale:a,period:n}=this.#e;if(this.#t.signal.aborted)return e.close();this.#b(f.guide,"link_lost"),e.send({type:"hello",v:1,client:`rostod-capture/1 ${navigator.userAgent}`.slice(0,300),locale:a,screen:t.ahead(n),camera:this.#i.report()})}#_(e){if(!(this.#s&&e.type!=="done"))switch(e.type){case"guide":return this.#R(e.state,e.hint);case"arm":return this.#z(e);case"slot":return this.#L(e);case"finish":return this.#P();case"done":return this.#q(e);case"error":return this.#S(/expired|time-up/.test(e.code)?"expired":"failed")}}#R(e,t){if(!(this.#o>0)&&(clearTimeout(this.#p),this.#m=t,this.#C(e),!!this.#n)){if(e==="position")return void this.#j();this.#b(f.arm,"link_lost"),clearTimeout(this.#f),this.#f=setTimeout(()=>this.#n&&this.#o===0&&this.#w(),f.again)}}#z({steps:e,leadMs:t}){if(!this.#n||this.#o>0||e===0)return this.#S("protocol");this.#o=e,this.#e.stage.arm(e),this.#C("colours"),this.#b(t+f.slot,"link_lost"),this.#g=p(Math.max(0,t-Ye)).then(async()=>{if(!this.#h)return await this.#i.lock(),this.#i.report()})}#L(e){if(!this.#e.stage.show(e))return this.#S("protocol");this.#b(e.at-c()+e.ms+f.slot,"link_lost")}async#v(e){let t=e.i===0?await Promise.race([this.#g,p(100).then(()=>{})]):void 0;this.#h||this.#r?.send({type:"shown",...e,...t?{camera:t}:{}})}#P(){if(this.#o===0)return this.#S("protocol");this.#u(),this.#b(f.done,"link_lost"),this.#c=this.#e.stage.lower(j),this.#C("checking")}#q({outcome:e,hint:t,bundle:a}){e==="captured"?this.#a({kind:"captured",bundle:a}):e==="retry"&&this.#s?this.#a({kind:"aborted",reason:this.#s}):this.#a({kind:e,hint:t})}async#j(){this.#n=!1,this.#u(),this.#c=this.#e.stage.lower(j),await this.#c,this.#d=!1,this.#h||this.#e.tell(this.#l,this.#m)}#I(e){if(this.#h)return;let[t,a]=e instanceof _?[e.status,e.retryAfter]:[0,0];this.#a({kind:"problem",problem:Qe(t),retryAfter:a})}#S(e){let{stage:t}=this.#e;this.#u(),this.#c=this.#c.then(()=>t.calm(xe)),this.#a(this.#s?{kind:"aborted",reason:this.#s}:{kind:"problem",problem:e,retryAfter:0})}#C(e){this.#l=e,this.#e.tell(e,this.#m)}#b(e,t){clearTimeout(this.#p),this.#p=setTimeout(()=>this.#S(t),e)}#y(){let{track:e}=this.#i,t=()=>{this.#i.track===e&&this.abort("camera_lost")};e.addEventListener("ended",t,{signal:this.#t.signal}),e.addEventListener("mute",()=>this.#n&&t(),{signal:this.#t.signal})}};function Qe(i){switch(i){case 401:case 403:return"token";case 404:return"unknown";case 409:return"used";case 410:return"expired";case 415:case 422:return"offer";case 429:case 503:return"busy";case 0:return"network";default:return"failed"}}var y="#919191",w=[y,y,y,y];function I(i){let e=t=>{let a=Number.parseInt(i.slice(t,t+2),16)/255;return a<=.04045?a/12.92:((a+.055)/1.055)**2.4};return[e(1),e(3),e(5)]}function Xe(i){let e=t=>{let a=t<=.0031308?12.92*t:1.055*t**.4166666666666667-.055;return Math.round(Math.min(1,Math.max(0,a))*255).toString(16).padStart(2,"0")};return"#"+i.map(e).join("")}function U(i,e,t){let[a,n,r]=I(i),[s,u,d]=I(e);return Xe([a+(s-a)*t,n+(u-n)*t,r+(d-r)*t])}function _e([i,e,t]){return .2126*i+.7152*e+.0722*t}var Ze=.05,et=.8,Se=334;function tt(i){let e=I(i),t=e[0]+e[1]+e[2];return Math.abs(_e(e)-_e(I(y)))<=Ze&&e[0]<et*t}function Me(i,e){return i.tiles.every(tt)&&i.ms>=Se&&(!e||i.at-e.at>=Se)}var at=80,H=class{element;onShown=()=>{};onStalled=()=>{};onClosed=()=>{};soft=!1;period=1e3/60;#e;#t;#i=!1;#r=w;#l=w;#m=w;#d=0;#n=0;#o="#ffffff";#s=0;#c;#u=[];#g;#p;#f=0;#a=0;#k=0;#w=!1;#h=Promise.resolve();constructor(){this.#e=["tl","tr","bl","br"].map(e=>o("div",{class:"tile "+e})),this.#t=o("p",{class:"mark-text"}),this.element=o("dialog",{class:"stage",part:"stage",tabindex:"-1",autofocus:!0,cancel:e=>e.preventDefault(),close:()=>this.open&&this.onClosed()},...this.#e,o("div",{class:"mark","aria-hidden":"true"},l("svg",{viewBox:"0 0 78 102",class:"mark-oval"},l("ellipse",{class:"mark-edge",cx:"39",cy:"51",rx:"38",ry:"50"}),l("ellipse",{cx:"39",cy:"51",rx:"38",ry:"50"})),this.#t))}get tiles(){if(!this.open)return null;if(this.#n>=1)return this.#r;let[e,t,a,n]=this.#r.map(r=>U(this.#o,r,this.#n));return[e,t,a,n]}get open(){return this.#i}async raise(e,t,a,n){this.#o=t,this.#t.textContent=n,this.element.setAttribute("aria-label",a),this.#x(),this.#P(0),this.#i=!0,this.element.showModal(),this.element.focus(),this.#v(w),await G(e,r=>this.#P(r))}arm(e){this.#x(),this.#s=e,this.#z(w,0),this.#_(++this.#k)}show(e){let t=(this.#c?.i??-1)+1,a=this.#u.some(n=>n.at>c());return e.i!==t||e.i>=this.#s||a||!Me(e,this.#c)?!1:(this.#c=e,this.#u.push(e),!0)}async calm(e){this.#x();let t=this.#r;t.every(a=>a===y)||await G(e,a=>this.#L(t,w,a))}lower(e){return this.#i&&!this.#w&&(this.#h=this.#A(e)),this.#h}get lowered(){return this.#h}async#A(e){this.#w=!0,await this.calm(0),await G(e,t=>this.#P(1-t)),this.close()}close(){this.#i=!1,this.#w=!1,this.element.classList.remove("full"),this.#x(),this.element.open&&this.element.close()}#x(){this.#u=[],this.#c=void 0,this.#g=void 0,this.#p=void 0,this.#s=0,this.#f=0,this.#a=0}async#_(e){for(;this.#k===e&&this.#s>0;){let t=K(await S());this.#k===e&&this.#s>0&&this.#R(t)}}#R(e){this.#a>0&&(this.#f+=Math.max(0,Math.round((e-this.#a)/this.period)-1)),this.#a=e;let t=this.#p;this.#p=void 0,t&&this.onShown({...t,next:e});let a=this.#u.filter(r=>r.at<=e+1),[n]=a;if(a.length>1||n&&n.at+n.ms<=e)return this.onStalled();n?(this.#u=this.#u.filter(r=>r!==n),this.#g=n,this.#p={i:n.i,at:e,missed:this.#f},this.#f=0,this.#z(n.tiles,e)):this.#g?.i===this.#s-1&&e>=this.#g.at+this.#g.ms&&(this.#g=void 0,this.#z(w,e)),this.soft&&this.#L(this.#l,this.#m,Math.min(1,(e-this.#d)/at))}#z(e,t){this.#l=this.#r,this.#m=e,this.#d=t,this.soft||this.#v(e)}#L(e,t,a){let n=r=>a>=1?t[r]:U(e[r],t[r],a);this.#v([n(0),n(1),n(2),n(3)])}#v(e){this.#r=e,this.#e.forEach((t,a)=>{t.style.backgroundColor=e[a]??y})}#P(e){this.#n=e,this.element.style.opacity=String(e),this.element.classList.toggle("full",this.#i&&e>=1)}};async function G(i,e){if(i>0){let t=c(),a=new Promise(n=>setTimeout(n,i+100));for(;;){let n=await Promise.race([S(),a]),r=n===void 0?1:(K(n)-t)/i;if(r>=1)break;e(Math.max(0,r))}}e(1)}var it=5e3,O=class extends HTMLElement{static observedAttributes=["locale","noflash","soft"];renew=null;#e=new H;#t=new L;#i=new C;#r;#l="intro";#m=!1;#d;#n;#o;#s="connecting";#c="";#u=new AbortController;#g=0;#p=0;#f="";constructor(){super();let e=this.attachShadow({mode:"open"});X(e),e.append(this.#e.element,this.#i.element)}get tiles(){return this.#e.tiles}get state(){return this.#l}get whipUrl(){return this.getAttribute("whip-url")??""}set whipUrl(e){this.setAttribute("whip-url",e)}get token(){return this.getAttribute("token")??""}set token(e){this.setAttribute("token",e)}get locale(){return oe([this.getAttribute("locale"),...navigator.languages])}get noflash(){return this.hasAttribute("noflash")}connectedCallback(){this.#e.soft=this.hasAttribute("soft"),navigator.mediaDevices?.addEventListener("devicechange",this.#v),this.#w(),this.#E("rostod-ready",{locale:this.locale,noflash:this.noflash})}disconnectedCallback(){navigator.mediaDevices?.removeEventListener("devicechange",this.#v),this.#o?.abort("hidden"),this.#y()}attributeChangedCallback(e){this.#e.soft=this.hasAttribute("soft"),this.isConnected&&(e==="noflash"&&this.#l==="intro"&&this.#w(),e==="locale"&&this.#r&&!this.#e.open&&this.#T(this.#r))}async start(){this.#y(),this.noflash||!this.#m?this.#w(!0):await this.#_()}abort(){this.#o?this.#o.abort("user"):this.#l!=="intro"&&(this.#y(),this.#w(!0))}fail(e){this.#y(),this.#b(e,0)}get#a(){return A(this.locale)}get#k(){return this.getAttribute("other-way")==="cancel"}#w(e=!1){let t=matchMedia("(prefers-reduced-motion: reduce)").matches;this.#M("intro"),this.#T(()=>{let a=this.#a,n=this.#k;if(this.noflash)return g({tone:"again",drawing:"people"},a.noflashTitle,n?a.noflashLeave:a.noflash,this.#h(!0));let r={text:t?a.goAnyway:a.go,primary:!t,act:()=>{this.#m=!0,this.#_()}};return me(a,n?"cautionLeave":"caution",t?n?"reducedLeave":"reduced":void 0,r,this.#h(t))},e)}#h(e=!1){return{text:this.#k?this.#a.leave:this.#a.other,primary:e,act:()=>this.#x(this.noflash?"noflash":"customer")}}#A(e,t){return e&&this.renew===!1?[this.#h(!0)]:[{text:this.#a.again,primary:!0,act:()=>{t()}},this.#h()]}#x(e){this.#o?.abort("user"),this.#y(),this.#M("other_way"),this.#T(()=>{let t=this.#a;return this.#k&&e!=="daemon"?g({tone:"stop"},t.leftTitle,t.leftText):g({tone:"again",drawing:"people"},t.otherTitle,t.otherText)},!0),this.#E("rostod-other-way",{reason:e})}async#_(){this.#y();let{signal:e}=this.#u;if(!Z())return this.#b("old_browser",0);if(!this.whipUrl)return this.#C("");try{this.#M("camera"),this.#T(()=>g({tone:"wait",step:2,drawing:"camera"},this.#a.askingTitle,this.#a.asking,this.#h()),!0);let t=te(),a=await v.open();if(e.aborted)return a.stop();this.#d=a,this.#t.keepAwake();let n=await this.#R(a,await t);e.aborted||this.#I(n)}catch(t){e.aborted||this.#b(t instanceof m?t.trouble:"failed",0)}}async#R(e,t){this.#s="connecting",this.#c="",this.#M("connecting"),this.#T(()=>this.#z(e),!0);let a=new q({whipUrl:this.whipUrl,token:this.token,locale:this.locale,camera:e,stage:this.#e,screen:this.#t,host:this,period:t,words:()=>({label:this.#a.stageLabel,text:this.#a.stageText,ground:this.#i.ground}),tell:(r,s)=>this.#P(r,s)});this.#o=a;let n=await a.run();return this.#o===a&&(this.#o=void 0),n}#z(e){let t=new E(this.#a,e.stream,{start:()=>{this.#o?.begin()},other:this.#h(),choose:a=>{this.#L(a)}});return this.#n=t,this.#P(this.#s,this.#c),this.#v(),t}async#L(e){let t=this.#o,a=this.#d;try{let n=await v.open(e);if(!t||this.#o!==t)return n.stop();this.#d=n,await t.use(n),a?.stop(),n.remember(),this.#n?.use(n.stream)}catch(n){n instanceof m&&this.#i.ears.say(this.#a[`${n.trouble}Title`])}this.#v()}#v=()=>{let[e,t]=[this.#n,this.#d];e&&t&&v.choices().then(a=>e.cameras(a,t.id))};#P(e,t){let a=this.#s;if([this.#s,this.#c]=[e,t],e==="connecting"||e==="position"||e==="ready")return this.#q(e,t);this.#M(e,t),!(e!=="checking"||a==="checking")&&(this.#j(),this.#T(()=>g({tone:"wait",step:3},this.#a.checkingTitle,this.#a.checking)),this.#e.lowered.then(()=>this.#l==="checking"&&this.#i.ears.say(this.#a.announceEnd)))}#q(e,t){let a=this.#g-c(),n=this.#n?.update(e,t,a>0)??"";n&&this.#i.ears.mention(n),e==="ready"&&a<=0&&this.shadowRoot?.activeElement===this.#n?.element&&this.#n?.focusStart(),e==="ready"&&a>0&&p(a).then(()=>this.#s==="ready"&&this.#q("ready",this.#c)),e!=="connecting"&&this.#M(e,t)}#j(){this.#g=c()+it}#I(e){switch(this.#y(),e.kind){case"captured":this.#M("captured"),this.#T(()=>g({tone:"good",step:3},this.#a.capturedTitle,this.#a.captured),!0),this.#E("rostod-captured",{bundle:e.bundle});return;case"retry":return this.#S("retry",e.hint);case"aborted":return this.#j(),this.#S("stopped",e.reason);case"other_way":return this.#x("daemon");case"problem":return this.#b(e.problem,e.retryAfter)}}#S(e,t){this.#M(e,t),this.#T(()=>{let a=this.#a,n=z(t),r=n?a[n]:a.retry,s=this.#A(!0,()=>this.#C(t));return e==="retry"?g({tone:"again"},a.retryTitle,r,...s):g({tone:"stop",drawing:"hand"},a.stoppedTitle,r,...s)},!0)}async#C(e){this.#y();let{signal:t}=this.#u;this.#T(()=>g({tone:"wait"},this.#a.renewing,"",this.#h()),!0),this.#E("rostod-retry",{hint:e});try{let a=this.renew?await this.renew():void 0;if(!a||t.aborted)return;this.whipUrl=a.whipUrl,this.token=a.token,await this.#_()}catch{t.aborted||this.#b("failed",0)}}#b(e,t){this.#y(),this.#M("problem",e);let a=Math.min(30,Math.max(2,Math.ceil(t||5))),n=e==="busy"&&this.#p++<5,r=e==="protocol"||e==="offer"?"failed":e;this.#T(()=>{let u=this.#a,d=se.has(e),D=le.has(e)?[this.#h(!0)]:this.#A(!d,()=>d?this.#_():this.#C(e)),h=ce[r];return g({tone:"stop",...h?{drawing:h}:{}},u[`${r}Title`],T(u[r],a),...D)},!0),this.#E("rostod-error",{code:e,retryAfter:t});let{signal:s}=this.#u;n&&p(a*1e3).then(()=>s.aborted?void 0:this.#_())}#y(){this.#u.abort(),this.#u=new AbortController,this.#i.ears.hush(),this.#d?.stop(),this.#d=void 0,this.#n=void 0,this.#t.leave(this)}#M(e,t=""){let a=this.#l===e&&this.#f===t;this.#l=e,this.#f=t,(e==="captured"||e==="colours")&&(this.#p=0),a||this.#E("rostod-progress",{state:e,hint:t})}#T(e,t=!1){this.#r=e,this.#i.show(e(),this.locale,t)}#E(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};customElements.get("rostod-capture")||customElements.define("rostod-capture",O);export{O as RostodCapture};
