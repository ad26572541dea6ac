// A host page that makes the element with the attributes of its own address.
const e = document.createElement("rostod-capture");
e.setAttribute("whip-url", "/whip/fc_1");
e.setAttribute("token", "ct_1");
for (const [name, value] of new URLSearchParams(location.search)) e.setAttribute(name, value);
document.body.append(e);
