package example;

import java.util.Map;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.annotation.RegisteredOAuth2AuthorizedClient;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** What people see. */
@RestController
class Pages {
  private final RestClient http = RestClient.create();

  @GetMapping("/")
  String start() {
    return "<!doctype html><title>Ledger</title><a href=/me>Sign in</a> <a href=/logout>Sign out</a>";
  }

  /** The token is refreshed before it is handed in here. What is asked with it could be any API. */
  @GetMapping("/me")
  Map<String, Object> me(
      @AuthenticationPrincipal OidcUser person,
      @RegisteredOAuth2AuthorizedClient("abide") OAuth2AuthorizedClient abide) {
    var userinfo = abide.getClientRegistration().getProviderDetails().getUserInfoEndpoint().getUri();
    var token = abide.getAccessToken().getTokenValue();
    var now = http.get().uri(userinfo).headers(headers -> headers.setBearerAuth(token)).retrieve().body(Map.class);
    return Map.of("name", person.getUserInfo().getFullName(), "email", now.get("email"));
  }
}
