"""Names that belong to secrets, and names that only look like them."""

import pytest

from ipyasgi.records.redaction import Redactor
from ipyasgi.records.secret_names import is_count, is_secret_name, secret_word_of

SECRET = """
Authorization Proxy-Authorization cookie Set-Cookie X-API-Key apiKey APIKEY api_keys password newPassword passwd pwd
passphrase access_token refresh_token id_token accessToken session sessionId SESSIONID session_key client-secret
clientSecret X-CSRF-Token csrfmiddlewaretoken xsrf_token PHPSESSID JSESSIONID connect.sid sid db_pass DB_PASS dbPass
smtp_pass pass tokens secrets access_tokens signing_key encryption_key master_key private_key privateKey access_key
SECRET_KEY secretAccessKey aws_secret_access_key AWS_SESSION_TOKEN signing-key app.state.signing_key code_verifier
client_assertion device_code user_code registration_access_token dpop authorization_code auth_code otp totp otp_code
one_time_password pin pin_code X-Auth-Token X-Vault-Token PRIVATE-TOKEN api-key X-Goog-Api-Key x-functions-key
Ocp-Apim-Subscription-Key X-Shopify-Access-Token DD-API-KEY DD-APPLICATION-KEY SharedAccessKey SharedAccessSignature
AccountKey sas sig X-Amz-Signature X-Amz-Credential X-Amz-Security-Token Stripe-Signature webhook_secret cvv
card_number SAMLResponse hashed_password password_confirmation oauth_token_secret secret_key_base PGPASSWORD MYSQL_PWD
GITHUB_TOKEN jwt bot_token hmac_key connectionString license_key secret_id recovery_codes seed_phrase credentials
mot_de_passe contraseña contrasena Passwort kennwort senha wachtwoord lösenord şifre hasło heslo пароль 密码 パスワード
비밀번호
"""

OPEN = """
accept name key total_tokens spinner content-type path author authority authenticated token_type expires_in
password_required session_count api_key_name csrf_enabled prompt_tokens max_tokens token_count password_min_length
public_key primary_key foreign_key sort_key partition_key cache_key site_key key_id access_key_id idempotency_key
Sec-WebSocket-Key keyboard keywords monkey passenger passport passed compass bypass boarding_pass pass_rate pinned pins
secretary tokenizer tokenize tokens_used completion_tokens eos_token nextPageToken token_url token_endpoint
authorization_endpoint password_policy cookie_name cookie_domain session_title session_duration www-authenticate
secret_name secret_version signature_algorithm jwt_algorithm otp_enabled password_changed_at refresh_token_expires_in
opinion shipping signal inside code state status_code country_code code_challenge grant_type scope nonce sigma oasis
message_sid signed_url
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_names_of_secrets(name: str) -> None:
    """The names that vendors, protocols and frameworks give to secrets are secret, in each spelling."""
    assert is_secret_name(name)
    assert Redactor().is_secret(name, "body")


@pytest.mark.parametrize("name", OPEN.split())
def test_names_that_are_not_of_secrets(name: str) -> None:
    """A name that describes a secret, counts it, or only contains its letters is shown."""
    assert not is_secret_name(name, of_header=True)


@pytest.mark.parametrize(
    ("name", "word"),
    [("access_token", "token"), ("X-API-Key", "api key"), ("db_pass", "pass"), ("пароль", "парол"), ("expires_in", "")],
)
def test_the_word_that_makes_a_name_secret(name: str, word: str) -> None:
    """It is what a reader is told."""
    assert secret_word_of(name) == word


def test_the_reason_of_a_mask() -> None:
    """Its name, the settings, the app's document, or the look of the value."""
    redactor = Redactor(names=frozenset({"x-trace"})).learn([("body", "plate")])
    assert redactor.why("access_token", "body") == "its name contains 'token'"
    assert redactor.why("x-trace") == "the settings list its name"
    assert redactor.why("plate", "body") == "the app's document declares it a secret"
    assert redactor.why("note", "body") == "it looks like a secret"


def test_a_header_for_authentication() -> None:
    """In a header ``X-Auth`` is the credential itself; in a body ``auth`` is often an object of settings."""
    assert is_secret_name("X-Auth", of_header=True)
    assert not is_secret_name("auth")
    assert not is_secret_name("X-Author", of_header=True)


@pytest.mark.parametrize(("name", "counts"), [("tokens", True), ("sessions", True), ("token", False), ("pass", False)])
def test_numbers_of_plural_names_count(name: str, counts: bool) -> None:
    """Three tokens are a number of tokens; a PIN is a number too."""
    assert is_count(name) is counts


def test_a_name_of_any_length_is_read() -> None:
    """A very long name is not remembered, and is read all the same."""
    assert is_secret_name("x" * 10_000 + "_password")
