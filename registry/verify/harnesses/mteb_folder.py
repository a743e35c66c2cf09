"""Run mteb on a model in a folder: the program `mteb` takes models of the Hub alone.

This file is run by the Python that mteb is installed for, and imports nothing of mir: FOLDER OUTPUT TASK...
"""


def main() -> None:
    """Evaluate, and write the results into a folder as the program would."""
    import sys

    import mteb  # type: ignore[import-not-found, unused-ignore]
    from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found, unused-ignore]

    folder, output, device, *names = sys.argv[1:]
    model = SentenceTransformer(folder, device=None if device == "auto" else device)
    tasks = mteb.get_tasks(tasks=names)
    if hasattr(mteb, "evaluate"):
        from mteb.cache import ResultCache  # type: ignore[import-not-found, unused-ignore]

        mteb.evaluate(model, tasks, cache=ResultCache(output))
    else:  # before version 2
        mteb.MTEB(tasks=tasks).run(model, output_folder=output)


if __name__ == "__main__":
    main()
