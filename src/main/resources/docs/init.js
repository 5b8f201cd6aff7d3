// A file of its own, because the page's policy allows no script inside HTML.
window.ui = window.SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  // Calls go to where the page came from, its policy allows no other, also where the contract names this host differently.
  requestInterceptor: (request) => {
    const url = new URL(request.url, window.location.href);
    request.url = window.location.origin + url.pathname + url.search;
    return request;
  },
  validatorUrl: null, // the default would send the contract to another host
});
