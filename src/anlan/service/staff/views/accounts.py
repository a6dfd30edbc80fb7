"""Accounts and their postings, for administrators, within their own areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.service.staff import domain
from anlan.service.staff.access import requires
from anlan.service.staff.forms import AccountForm, PasswordForm, PostingForm
from anlan.service.staff.models import Account, Posting
from anlan.service.staff.queries import accounts_visible_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

PAGE = 50


def attempt(form: Form, change: Callable[[], Any]) -> bool:
    """Run a domain function and return whether it ran; what it refuses becomes the form's errors."""
    try:
        change()
    except ValidationError as error:
        known = error if not hasattr(error, "error_dict") else _known_fields(form, error)
        form.add_error(None, known)
        return False
    except PermissionDenied as error:
        form.add_error("area_code" if "area_code" in form.fields else None, str(error))
        return False
    return True


def _known_fields(form: Form, error: ValidationError) -> ValidationError:
    fields = {name: errors for name, errors in error.error_dict.items() if name in form.fields}
    others = [item for name, errors in error.error_dict.items() if name not in form.fields for item in errors]
    return ValidationError({**fields, **({"__all__": others} if others else {})})


@requires("staff.manage")
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts posted inside the reader's areas."""
    found = accounts_visible_to(request.user)
    asked = request.GET.get("q", "").strip()
    if asked:
        found = found.filter(Q(username__icontains=asked) | Q(display_name__icontains=asked))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "staff/accounts.html", {"page": page, "asked": asked})


@requires("staff.manage")
def create(request: HttpRequest) -> HttpResponse:
    """Make an account with its first posting."""
    form = AccountForm(request.POST or None, actor=request.user)
    if form.is_valid() and attempt(
        form, lambda: domain.create_account(**form.cleaned_data, actor=request.user)
    ):
        messages.success(request, _("The account was made."))
        return redirect("staff:accounts")
    return render(
        request, "staff/form.html", {"form": form, "title": _("New account"), "back": "staff:accounts"}
    )


@requires("staff.manage")
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show one account's postings and add one."""
    shown = get_object_or_404(accounts_visible_to(request.user), pk=account_id)
    form = PostingForm(request.POST or None, actor=request.user)
    if form.is_valid() and attempt(
        form, lambda: domain.give_posting(shown, **form.cleaned_data, actor=request.user)
    ):
        messages.success(request, _("The posting was given."))
        return redirect("staff:account", shown.pk)
    mine = set(Posting.objects.visible_to(request.user).filter(account=shown).values_list("pk", flat=True))
    return render(request, "staff/account.html", {"shown": shown, "form": form, "mine": mine})


@requires("staff.manage")
def password(request: HttpRequest, account_id: int) -> HttpResponse:
    """Give a colleague a new password."""
    shown = get_object_or_404(accounts_visible_to(request.user), pk=account_id)
    form = PasswordForm(request.POST or None)
    if form.is_valid() and attempt(
        form, lambda: domain.reset_password(shown, form.cleaned_data["password"], actor=request.user)
    ):
        messages.success(request, _("The password was changed; open sessions have ended."))
        return redirect("staff:account", shown.pk)
    title = _("New password for %(account)s") % {"account": shown}
    return render(request, "staff/form.html", {"form": form, "title": title, "back": "staff:accounts"})


@require_POST
@requires("staff.manage")
def factor(request: HttpRequest, account_id: int) -> HttpResponse:
    """Forget a colleague's second factors."""
    shown = get_object_or_404(accounts_visible_to(request.user), pk=account_id)
    domain.reset_second_factor(shown, actor=request.user)
    messages.success(request, _("The second factor was reset; the next sign-in sets one up."))
    return redirect("staff:account", shown.pk)


@require_POST
@requires("staff.manage")
def end_posting(request: HttpRequest, posting_id: int) -> HttpResponse:
    """Take a posting away."""
    posting = get_object_or_404(Posting.objects.visible_to(request.user), pk=posting_id)
    domain.end_posting(posting, actor=request.user)
    messages.success(request, _("The posting was ended."))
    still = Account.objects.filter(
        pk=posting.account_id, postings__in=Posting.objects.visible_to(request.user)
    )
    return redirect("staff:account", posting.account_id) if still.exists() else redirect("staff:accounts")
