"""Workers in TLS: which are let in, and which main server they leave."""

import pytest

from .certificates import self_signed
from .tls_stage import Pki, make_pki, place_through, secure_main, worker_of

pytestmark = pytest.mark.one_store

pki = pytest.fixture(make_pki)


def test_a_worker_with_a_certificate_of_the_authority_joins(stage, pki):
    main = secure_main(stage, pki, "--tls-ca-file", pki.ours.certificate)
    worker = worker_of(stage, main, "--tls-ca-file", pki.ours.certificate, *pki.worker.flags)
    worker.wait_ready()
    place_through(main, worker)


def test_a_main_server_without_an_authority_asks_workers_for_no_certificate(stage, pki):
    main = secure_main(stage, pki)
    worker = worker_of(stage, main, "--tls-ca-file", pki.ours.certificate)
    worker.wait_ready()
    place_through(main, worker)


def test_a_worker_without_a_good_certificate_never_joins(stage, pki):
    main = secure_main(stage, pki, "--tls-ca-file", pki.ours.certificate)
    trusting = ("--tls-ca-file", pki.ours.certificate)
    strangers = [
        (),
        (*trusting,),
        (*trusting, *pki.other.issue("stranger").flags),
        (*trusting, *self_signed(pki.folder).flags),
    ]
    workers = [worker_of(stage, main, *flags) for flags in strangers]
    for worker in workers:
        worker.wait_output("main server.*(cannot be reached|no answer)")
    assert main.api.items("/v1/workers") == []


@pytest.mark.parametrize("fault", ["another authority", "another name", "self-signed", "in clear"])
def test_a_worker_leaves_a_main_server_that_is_not_its_own(stage, pki, fault):
    shown = {
        "another name": pki.ours.issue("elsewhere", ("elsewhere.example",)),
        "self-signed": self_signed(pki.folder),
    }
    trusted = pki.other if fault == "another authority" else pki.ours
    if fault == "in clear":
        main = stage.main()
        said = "SSL|WRONG_VERSION|wrong version"
    else:
        other = Pki(pki.folder, pki.ours, pki.other, shown.get(fault, pki.main), pki.worker)
        main = secure_main(stage, other)
        said = "CERTIFICATE_VERIFY_FAILED|certificate verify"
        if fault == "another name":
            said = "Peer name .* is not in peer certificate"
    worker = worker_of(stage, main, "--tls-ca-file", trusted.certificate)
    worker.wait_output(said)


def test_original_workers_are_not_promised_what_they_cannot_reach(stage, pki):
    main = secure_main(stage, pki, "--legacy-workers", "on")
    main.server.wait_output("speak no TLS.*LEGACY_WORKERS")
