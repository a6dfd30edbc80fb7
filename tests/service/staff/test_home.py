"""The home page, the county chooser and the health check."""

from tests.factories import COUNTY


def test_anonymous_is_sent_to_sign_in(client, db):
    """Home asks for sign-in first."""
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


def test_home_shows_the_county(client_as, county):
    """A dispatcher's home page names the county at hand."""
    answer = client_as("dispatcher", COUNTY).get("/")
    assert answer.status_code == 200
    assert "Anping" in answer.text


def test_home_without_a_county_says_what_to_do(client_as, db):
    """Before any import the page names the command."""
    assert "anlan import areas" in client_as("dispatcher").get("/").text


def test_health_check_is_public(client, db):
    """Anybody may ask whether the site is up."""
    assert client.get("/healthz").json() == {"status": "ok", "database": "ok"}
