"""Doors to lists, tasks, assignments, review and files."""

from django.urls import path

from tasks.views import approvals, assignments, duties, files, lists, papers, returns, reviews, signing, tasks, updates

app_name = "tasks"
urlpatterns = [
    path("lists/", lists.index, name="lists"),
    path("lists/import/", papers.start, name="import"),
    path("lists/import/sample/", papers.sample, name="paper-sample"),
    path("lists/import/<int:pk>/", papers.check, name="paper"),
    path("lists/import/<int:pk>/units/", papers.units, name="paper-units"),
    path("lists/import/<int:pk>/publish/", papers.publish, name="paper-publish"),
    path("lists/import/<int:pk>/drop/", papers.drop, name="paper-drop"),
    path("lists/<int:pk>/", lists.detail, name="list"),
    path("lists/<int:pk>/published/", lists.published, name="list-published"),
    path("lists/<int:pk>/sign/", signing.sign_list, name="sign"),
    path("lists/<int:pk>/returns/", returns.start, name="returns"),
    path("lists/<int:pk>/returns/<int:number>/", returns.batch, name="return-batch"),
    path("lists/<int:pk>/returns/<int:number>/drop/", returns.drop, name="return-drop"),
    path("lists/duties/new/", duties.new, name="duties-new"),
    path("lists/<int:pk>/duties/", duties.edit, name="duties-edit"),
    path("lists/<int:pk>/duties/issue/", duties.publish, name="duties-issue"),
    path("lists/<int:pk>/duties/copy/", duties.copy, name="duties-copy"),
    path("duties/<int:pk>/", duties.duty, name="duty"),
    path("approvals/<int:pk>/", approvals.decide, name="approval"),
    path("tasks/<int:pk>/", tasks.detail, name="task"),
    path("tasks/<int:pk>/files/", tasks.change_files, name="task-files"),
    path("a/<int:pk>/", assignments.detail, name="assignment"),
    path("a/<int:pk>/move/<slug:name>/", assignments.move, name="move"),
    path("a/<int:pk>/take-back/", assignments.take_back, name="take-back"),
    path("a/<int:pk>/person/", assignments.person, name="person"),
    path("a/<int:pk>/update/", updates.update, name="update"),
    path("a/<int:pk>/files/", updates.upload, name="upload"),
    path("a/<int:pk>/done/", updates.done, name="done"),
    path("review/", reviews.review, name="review"),
    path("review/<int:pk>/", reviews.review_one, name="review-one"),
    path("files/<int:pk>/", files.download, name="file"),
    path("files/<int:pk>/thumb/", files.thumb, name="thumb"),
]
