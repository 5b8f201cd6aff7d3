// A file of its own, because the page's policy allows no script inside HTML.
window.ui = window.SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  validatorUrl: null, // the default would send the contract to another host
});
