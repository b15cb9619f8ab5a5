"""A Django project in one file, for tests/real.sh."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import path

settings.configure(
    SECRET_KEY="for tests",
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware"],
)


def index(request):
    return HttpResponse("Hello from Django at " + request.path)


def form(request):
    return JsonResponse({"method": request.method,
                         "name": request.POST.get("name"),
                         "token": get_token(request)})


def away(request):
    return redirect("index")


def absolute(request):
    return HttpResponse(request.build_absolute_uri())


urlpatterns = [
    path("", index, name="index"),
    path("form/", form),
    path("away/", away),
    path("absolute/", absolute),
]

application = get_wsgi_application()
