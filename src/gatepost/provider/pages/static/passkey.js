"use strict";
(() => {
  const form = document.querySelector("form[data-options]");
  const said = document.getElementById("passkey-said");
  const button = form.querySelector("button");
  const options = JSON.parse(form.dataset.options);
  const registering = form.dataset.does === "register";

  const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (each) => ({ ...each, id: octets(each.id) });

  const asked = () => {
    const found = { ...options, challenge: octets(options.challenge) };
    if (options.user) found.user = { ...options.user, id: octets(options.user.id) };
    if (options.allowCredentials) found.allowCredentials = options.allowCredentials.map(known);
    if (options.excludeCredentials) found.excludeCredentials = options.excludeCredentials.map(known);
    return { publicKey: found };
  };

  const written = (credential) => {
    const answer = credential.response;
    const response = { clientDataJSON: text(answer.clientDataJSON) };
    if (answer.attestationObject) {
      response.attestationObject = text(answer.attestationObject);
      response.transports = answer.getTransports ? answer.getTransports() : [];
    } else {
      response.authenticatorData = text(answer.authenticatorData);
      response.signature = text(answer.signature);
      if (answer.userHandle) response.userHandle = text(answer.userHandle);
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const told = (name) => {
    said.textContent = form.dataset[name];
    button.disabled = false;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!window.PublicKeyCredential) {
      told("unsupported");
      return;
    }
    button.disabled = true;
    said.textContent = form.dataset.waiting;
    try {
      const credential = await (registering ? navigator.credentials.create(asked()) : navigator.credentials.get(asked()));
      form.elements.assertion.value = JSON.stringify(written(credential));
      form.submit();
    } catch (error) {
      told(error.name === "InvalidStateError" ? "known" : "cancelled");
    }
  });
})();
